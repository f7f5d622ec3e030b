/** What `hawser plan --help` teaches. */

export const HELP = `hawser plan: how many processes your own program needs, measured on this machine

Usage
  hawser plan --connections N --rate R [options] <entry> [-- arguments of the program]

Starts the program (any file that calls serve()), finds its port, opens connections to it and sends messages at growing
rates until it has no time left. Answers what one process carries, how many are needed, and which limits to set.
In some 40 seconds, or 15 with --quick.

Examples
  hawser plan --connections 10000 --rate 2 server.mjs
      10,000 clients that send two messages a second each, of 125 bytes.
  hawser plan --connections 50000 --rate 0.1 --size 1K --headroom 50% --memory 512M --html plan.html server.mjs
      Half of each process left free, at most 512 MiB each; the measured curves as a file.
  hawser plan --connections 5000 --rate 1 --size traffic.jsonl --compress server.mjs
      With messages of your own (hawser tune --record), compressed as browsers ask for it.
  hawser plan --connections 5000 --rate 1 --url wss://localhost/chat --insecure --message '{"op":"ping"}' server.mjs
      TLS, a path, and a message that this program answers.

Demand
  -c, --connections N    of all clients together
  -r, --rate R           messages a second that each sends; 0: idle but for keepalive
      --headroom N%      of a process' time that stays free (30%)
      --memory SIZE      that a process may use (no limit but that of its heap)

Messages and opening: as hawser bench
      --size N | FILE, --message TEXT, --text, --binary, --compress, --first TEXT,
      --header, --subprotocol, --origin, --insecure, --timeout
  Each message must be answered by one. For broadcasts: hawser bench --mode broadcast --pid.

Measuring
      --sample N         connections to open (1500; --quick: 600)
      --url URL          what to connect to; without a port, that of the program
      --quick            fewer connections, each rate once

Result
      --json FILE, --html FILE   - writes JSON to standard output
  -h, --help

The program runs as you would start it, with PORT=0 unless PORT is set: on a machine like those that it will run on,
with what it needs around it (databases, brokers) at hand. Generator and program share this machine.
`;
