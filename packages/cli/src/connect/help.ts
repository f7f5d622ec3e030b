/** What `hawser connect --help` teaches. */

import { COMMANDS_HELP } from "./entry.ts";

export const HELP = `hawser connect: a conversation with a WebSocket server

Usage
  hawser connect <url>                      each line that you type is sent as a text message
  ... | hawser connect <url> | ...          each line of standard input is; each message becomes a line

Examples
  hawser connect ws://localhost:8765
  hawser connect wss://example.org/feed -H "Authorization: Bearer abc" -s v1
  hawser connect localhost:8765 --reconnect --times
      What a restart looks like from outside: 1001 (going away) or 1012 (service restart), then connected again.
  echo '{"subscribe":"prices"}' | hawser connect wss://example.org/feed --wait forever | jq .price
  hawser connect ws://localhost/ --unix /run/app/1.sock

In the conversation
${COMMANDS_HELP}
  "<" marks what was received. Bytes are shown as hexadecimal digits, control characters as escapes.
  Arrow keys bring back earlier lines, those of earlier conversations too.

The request
  -H, --header <"Name: value">  a header; can stand there often
  -s, --subprotocol <name>      a subprotocol to offer; can stand there often
  -o, --origin <origin>
      --user-agent <text>
      --no-compression          no permessage-deflate is offered

The way there
  -k, --insecure                any certificate is taken: whoever is on the way can read and change everything
      --ca <file>               certificates to trust (PEM)
      --cert, --key <file>      a client certificate (PEM)
      --proxy <url>             http://, https://, socks4a:// or socks5h://; else the environment says
      --no-proxy
      --unix <path>             a Unix socket
      --open-timeout <time>     until the connection must be open (10s)

The connection
  -r, --reconnect               connects again, for ever, with growing delays
      --ping-interval <time>    between pings (20s); 0: none
      --max-size <size>         largest message that is taken (64M)

Input and output
  -b, --binary                  standard input is one binary message
  -w, --wait <time | forever>   how long after the end of input, and after the last message, to wait for more (1s)
  -t, --times                   a time before each line
      --json                    each message and each event becomes a JSON object a line
      --no-history              lines that you type are not kept in ~/.hawser_history
  -h, --help

Exit codes: 0 closed with 1000, 1001 or without a code, 1 not connected, lost or closed with another code,
2 the command line is wrong, 130 interrupted.
`;
