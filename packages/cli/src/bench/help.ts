/** What `hawser bench --help` teaches. */

export const HELP = `hawser bench: load for a WebSocket server, and what it makes of it

Usage
  hawser bench <ws://... | wss://...> [options]

Examples
  hawser bench ws://localhost:8080
      100 clients, each sends its next message when the last one is answered: what the server can do.
  hawser bench ws://localhost:8080 --clients 1000 --rate 10 --duration 30s --html report.html
      What users see at a given load: 10,000 messages a second, on time whether answers come or not.
  hawser bench ws://localhost:8080 --mode broadcast --clients 5000 --rate 5 --pid $(pgrep -f server.mjs)
      One publishes, 5,000 receive; what that costs the server in CPU and memory.
  hawser bench ws://localhost:8080 --mode churn --rate 2 --fail-if 'open-p99>100ms' --fail-if 'failed>0'
      Opening and closing, as after a restart. Exit code 1 if it is too slow: for CI.
  hawser bench wss://staging.example.com/feed --header 'Authorization: Bearer x' --rate 1 --size traffic.jsonl
      Recorded messages (hawser tune --record) against a server of your own.

Load
      --mode echo        each message is answered, by one message (the default)
             broadcast   one more client publishes, all others receive it; the message carries its time
             churn       each client opens, exchanges --messages (1), closes, and begins again
             listen      open connections that say nothing
  -c, --clients N        (100)
  -r, --rate N           messages a second for each client; churn: openings; broadcast: of the publisher
                         (10); max: as fast as answers come (the default of echo and churn)
      --ramp T | N/s     the clients open over this time, or so many a second (1000/s)
      --warmup T         load that is not measured (2s)
  -d, --duration T       (10s)
      --timeout T        a client whose answer takes longer is given up (10s)
      --threads N        of the generator (processors less one, at most 4)

Messages
      --size N | FILE    bytes of letters by chance (125), 16K, 1M; or a corpus: a directory, .jsonl, .ndjson
      --message TEXT     this text; {stamp} in it becomes the mark that a broadcast needs
      --text, --binary   (text)
      --compress         offer permessage-deflate
      --first TEXT       each client sends this once it is open: to join a room, to log in

Opening
      --header 'NAME: VALUE', --subprotocol NAME   may stand several times
      --origin URL       the Origin of a browser's page
      --insecure         look at no certificate
      --addresses N      127.0.0.1 to 127.0.0.N in turn: one address has some 28,000 ports

Result
      --json FILE, --html FILE   - writes JSON to standard output
      --pid PID          the server's, on this machine: its CPU time and memory, too
      --fail-if 'FIGURE OP LIMIT'   exit code 1; p50 p90 p99 p99.9 min mean max open-p99 ... (us, ms, s),
                         rate, errors lost failed (a count or %); several with commas
  -h, --help

With a rate, latency counts from the time at which a message was due, not from when it left: a server that pauses is
charged for all who waited. Without, nobody sends while a server pauses, and percentiles look better than users fare.
Ctrl-C ends the measuring early, with a result.
`;
