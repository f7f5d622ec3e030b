/**
 * What servers have counted, as families of metrics.
 */

import type { Histogram } from "../metrics/histogram.ts";
import type { HistogramBucket, HistogramSample, MetricFamily, MetricLabels, ValueSample } from "../metrics/snapshot.ts";
import type { Tally } from "../metrics/tally.ts";
import { type Flow, SIZE_CLASSES, sentBytes, sizeClassLimit } from "../protocol/traffic.ts";
import { broadcastDurations } from "./broadcast-report.ts";
import type { ServerCounters } from "./server-counters.ts";

/** Counters and histograms; `name` makes a family's name of its own part of it. */
export function countedFamilies(counters: ServerCounters, name: (own: string) => string): readonly MetricFamily[] {
  return [...connectionFamilies(counters), ...trafficFamilies(counters), ...publicationFamilies(counters)].map(
    (family) => ({ ...family, name: name(family.name) }),
  );
}

function connectionFamilies(counters: ServerCounters): readonly MetricFamily[] {
  const { refusals, endings, pingRoundTrips } = counters;
  return [
    counter("connections_opened_total", "Opening handshakes, by what came of them.", [
      { labels: { result: "accepted", reason: "none" }, value: counters.accepted },
      ...refusals.entries().map(([reason, value]) => ({ labels: { result: "refused", reason }, value })),
      { labels: { result: "aborted", reason: "none" }, value: counters.aborted },
    ]),
    counter(
      "handshake_rejected_total",
      "Handshakes that were refused, by HTTP status.",
      tallied(counters.refusalStatuses, "status"),
    ),
    counter(
      "http_answers_total",
      "Requests that asked for no connection and were answered by a hook.",
      tallied(counters.answerStatuses, "status"),
    ),
    counter(
      "connections_closed_total",
      "Connections that have ended, by the first Close frame's code and sender.",
      endings.entries().map(([ending, value]) => {
        const [code = "", initiator = ""] = ending.split(" ");
        return { labels: { code, initiator }, value };
      }),
    ),
    single("client_faults_total", "Connections failed because the client broke a rule.", counters.clientFaults),
    single("handler_failures_total", "Handlers and hooks that threw.", counters.handlerFailures),
    single("pings_timeouts_total", "Clients given up because they did not answer a ping.", counters.pingTimeouts),
    histogram("handshake_duration_seconds", "From the client's connecting to the 101.", counters.handshakeDurations),
    histogram(
      "connection_duration_seconds",
      "From the 101 to the end of the connection.",
      counters.connectionDurations,
    ),
    histogram(
      "close_duration_seconds",
      "From the first Close frame to the end of the connection.",
      counters.closeDurations,
    ),
    histogram("ping_rtt_seconds", "From a ping to its pong.", pingRoundTrips),
  ];
}

function trafficFamilies({ traffic, slowConsumers }: ServerCounters): readonly MetricFamily[] {
  const { received, sent } = traffic;
  return [
    counter("messages_total", "Whole messages.", [
      { labels: { direction: "received", type: "text" }, value: received.texts },
      { labels: { direction: "received", type: "binary" }, value: received.binaries },
      { labels: { direction: "sent", type: "text" }, value: sent.texts },
      { labels: { direction: "sent", type: "binary" }, value: sent.binaries },
    ]),
    counter("bytes_total", "Bytes: payload, of messages before compression; wire, of frames with their headers.", [
      { labels: { direction: "received", layer: "payload" }, value: received.payloadBytes },
      { labels: { direction: "received", layer: "wire" }, value: received.frameBytes },
      { labels: { direction: "sent", layer: "payload" }, value: sent.payloadBytes },
      { labels: { direction: "sent", layer: "wire" }, value: sentBytes(sent) },
    ]),
    {
      name: "message_size_bytes",
      help: "Sizes of messages before compression, counted since the first createMetrics().",
      type: "histogram",
      samples: [sizes(received, { direction: "received" }), sizes(sent, { direction: "sent" })],
    },
    counter("slow_consumer_total", "Broadcasts that found a receiver too slow, and what was done.", [
      ...["close", "conflate", "skip"].map((action) => ({ labels: { action }, value: slowConsumers.of(action) })),
    ]),
  ];
}

function publicationFamilies(counters: ServerCounters): readonly MetricFamily[] {
  const { recoveries, publishLags } = counters;
  return [
    single("publish_total", "Calls of publish().", counters.published),
    single("delivered_total", "Publications given to subscribers of this process.", counters.delivered),
    counter("recovered_total", "Subscriptions that asked for what they missed, by what came of it.", [
      ...["ended", "incomplete", "recovered"].map((result) => ({ labels: { result }, value: recoveries.of(result) })),
    ]),
    histogram("broadcast_duration_seconds", "For how long a broadcast kept the event loop.", broadcastDurations),
    histogram("publish_lag_seconds", "From publish() to the engine's answer.", publishLags),
    engineCounter(counters, "engine_publish_total", "Publications given to the engine.", ["published"]),
    engineCounter(counters, "engine_received_total", "Publications of other processes.", ["received"]),
    engineCounter(
      counters,
      "engine_errors_total",
      "Publications the engine did not take (failed), that broke a rule (rejected), and times some may have been lost (gaps).",
      ["failed", "rejected", "gaps"],
    ),
  ];
}

/** `wanted`: the backplane's counts, which become the label `kind` if there are several. */
function engineCounter(
  { engines }: ServerCounters,
  name: string,
  help: string,
  wanted: readonly string[],
): MetricFamily {
  const samples = engines.entries().flatMap(([key, value]) => {
    const [engine = "", kind = ""] = key.split(" ");
    if (!wanted.includes(kind)) return [];
    return [{ labels: wanted.length === 1 ? { engine } : { engine, kind }, value }];
  });
  return counter(name, help, samples);
}

function tallied(tally: Tally, label: string): readonly ValueSample[] {
  return tally.entries().map(([text, value]) => ({ labels: { [label]: text }, value }));
}

function counter(name: string, help: string, samples: readonly ValueSample[]): MetricFamily {
  return { name, help, type: "counter", samples };
}

function single(name: string, help: string, value: number): MetricFamily {
  return counter(name, help, [{ labels: {}, value }]);
}

function histogram(name: string, help: string, values: Histogram): MetricFamily {
  return { name, help, type: "histogram", samples: [values.sample()] };
}

/** From 63 bytes to 16 MiB, every other power of two: more buckets than that tell no more. */
const FIRST_SIZE = 6;
const LAST_SIZE = 24;

function sizes(flow: Flow, labels: MetricLabels): HistogramSample {
  const buckets: HistogramBucket[] = [];
  let count = 0;
  for (let sizeClass = 0; sizeClass < SIZE_CLASSES; sizeClass++) {
    count += flow.sizes?.[sizeClass] ?? 0;
    const isBound = sizeClass >= FIRST_SIZE && sizeClass <= LAST_SIZE && sizeClass % 2 === 0;
    if (isBound) buckets.push({ le: sizeClassLimit(sizeClass), count });
  }
  return { labels, buckets, sum: flow.payloadBytes - flow.unsizedBytes, count };
}
