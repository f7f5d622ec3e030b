/** What `hawser doctor --help` teaches. */

export const HELP = `hawser doctor: what keeps connections from working, and what to change

Usage
  hawser doctor                       this machine: limits and settings for many connections
  hawser doctor <wss-url>             a deployed route, from the client's side
  hawser doctor --listen [host:]port  the far end of a route, to learn more of it

Examples
  hawser doctor --connections 50000 --workers 4
  hawser doctor wss://example.org/feed
      What an application's server shows: certificate, HTTP versions, origins, compression, headers, idle timeout.
  hawser doctor --listen 8765 --trust-proxy 10.0.0.0/8
  hawser doctor wss://staging.example.org/
      With the doctor's own server in the application's place, behind the same router: also the client's address,
      the scheme and the host as they arrive, large messages, close codes, and silence in both directions.

This machine
  -c, --connections <n>        connections that it shall hold (10000)
  -w, --workers <n>            processes that share them (one a processor)
      --reuse-port             the workers listen on one port by themselves

A route
      --idle <s>               seconds for which a silent connection is watched (65); 0: not at all
      --restart <s>            seconds for which a connection is watched while you send the server SIGTERM: what its
                               clients see, and after what time they are back
  -H, --header <"Name: value"> a header of every request, such as a cookie; can stand there often
  -k, --insecure               any certificate is taken
      --json                   for programs

The far end
  -l, --listen <[host:]port>
      --unix <path>            a Unix socket, open to everybody
      --trust-proxy <address>  a router that may say whom it speaks for (address, CIDR or loopback); can stand often
      --proxy-protocol <off | optional | required>
  -h, --help

Exit codes: 0 nothing worse than a warning, 1 a problem, 2 the command line is wrong, 130 interrupted.
`;
