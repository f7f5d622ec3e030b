/** What `hawser tune --help` teaches. */

import { CORPORA } from "../corpora/index.ts";

export function helpText(): string {
  const width = Math.max(...CORPORA.map(({ name }) => name.length));
  const kinds = CORPORA.map(({ name, title }) => `  ${name.padEnd(width)}  ${title}`);
  return `hawser tune: what permessage-deflate saves and costs for your own messages

Usage
  hawser tune <directory>             one message a file
  hawser tune <file.jsonl | .ndjson>  one message a line
  hawser tune --sample <kind>         generated messages, to try it
  hawser tune --git-log <repository>  commits as JSON documents
  hawser tune --record <ws://...>     write down what a server sends

Examples
  hawser tune --sample chat --quick
      A first look in some ten seconds, without data of your own.
  hawser tune --record wss://example.com/feed --seconds 60 --output feed.jsonl
  hawser tune feed.jsonl --html report.html
      Record a minute of real traffic, then measure it. Ctrl-C ends the recording early.
  hawser tune feed.jsonl --connections 5000 --exchange 50 --rate 40000
      Closer to your own service: so many connections, messages each way, messages a second.
  hawser tune feed.jsonl --json | jq .recommendation
      For programs.

What it measures
  size and CPU time   every window (9 to 15 bits) with every level, on one connection
  CPU time, messages a second for a core
                      with so many connections in turn, as a server has them
  memory              a server process for each setting, its growth for each connection
  10,000 connections  what all that comes to: GiB, cores, bandwidth
and recommends a setting, with the options to paste.

Messages
  In the order in which one connection carries them: each is compressed after those before it.
  A line is a JSON string (its text is the message), {"base64":"..."} (bytes), or any other JSON
  value (the line itself is the message).

Options
  --quick            fewer messages, levels, rounds and connections: shows trouble, not percents
  --messages N       take at most N messages (1000; --quick: 300; --record: no limit)
  --rounds N         times that each time is measured, the least counts (3; --quick: 1)
  --connections N    to the server, and in turn (1000; --quick: 200)
  --exchange N       messages each way on each connection before memory is read (20; --quick: 10)
  --rate N           messages a second each way that costs are given for (10000)
  --html FILE        write a report: one file, heat maps, no scripts, nothing from elsewhere
  --json             print the result as JSON; sizes in bytes, times in µs
  --seconds S        end a recording after S seconds
  -o, --output FILE  where --record writes (corpus.jsonl); with --sample or --git-log: write the
                     corpus instead of measuring it
  -h, --help         this text

Kinds for --sample
${kinds.join("\n")}

Times are CPU time, so other programs disturb little; but trust ratios more than figures.
`;
}
