/** What `hawser publish --help` teaches. */

export const HELP = `hawser publish: a message to all subscribers of a topic, in every process

Usage
  hawser publish <url of the engine> <topic> [message]

Without a message, it is read from standard input; one line feed at its end is left out, but with --binary.

Examples
  hawser publish redis://localhost:6379 news "hello everybody"
  hawser publish nats://localhost:4222 prices --history 100 < price.json
      A topic that keeps its last 100: the number must be that of the application.
  hawser publish redis://localhost:6379 orders --key order-1 '{"paid":true}'
      Said twice, it is delivered once.

Options
  -b, --binary             the message is bytes, not text
  -k, --key <key>          idempotency key: a publication whose key was seen before is not delivered
      --history <count>    the topic has a history of so many publications
      --history-age <s>    seconds for which they are kept (300)
      --prefix <prefix>    that of the application's backplane ("hawser:" for Redis, "hawser" for NATS)
      --sharded            for Redis: the application uses sharded pub/sub
  -h, --help

Engines: redis://, rediss:// (also for Valkey), nats://, tls://. The package redis or ioredis, or @nats-io/transport-node
(and @nats-io/jetstream for --history), must be installed beside @hawser/cli.
`;
