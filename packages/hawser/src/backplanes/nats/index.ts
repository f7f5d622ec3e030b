/**
 * The entry point `hawser/backplanes/nats`.
 */

export type { JetStreamClient, NatsConnection, NatsMessage, NatsSubscription } from "./client.ts";
export { natsBackplane } from "./nats-backplane.ts";
export type { NatsBackplaneOptions } from "./settings.ts";
