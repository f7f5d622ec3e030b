/** `hawser doctor`: examines this machine, or a route to a server. */

import { type ConnectOptions, HandshakeError, type ServeOptions } from "hawser";
import { type Command, CommandError, ExitCode, Interrupted } from "../command.ts";
import { optionsCommand } from "../options-command.ts";
import { createProgress } from "../terminal/progress.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { type Finding, findingsText, harmless, summaryText, worstLevel } from "./finding.ts";
import { HELP } from "./help.ts";
import { machineFacts } from "./machine/facts.ts";
import { machineFindings } from "./machine/judge.ts";
import { type ListenOptions, parseDoctorOptions, type RouteOptions } from "./options.ts";
import { startCounterpart } from "./route/counterpart.ts";
import { examine } from "./route/examine.ts";
import { RouteFault } from "./route/patience.ts";
import { findRoute } from "./route/route.ts";

export const doctor: Command = optionsCommand({
  name: "doctor",
  summary: "find what keeps connections from working, here or on the way to a server",
  help: HELP,
  parse: parseDoctorOptions,
  async run(options, terminal) {
    if (options.kind === "listen") return listen(options, terminal);
    const findings =
      options.kind === "machine"
        ? machineFindings(machineFacts(), options.plan)
        : await examineRoute(options, terminal);
    return report(findings, options.isJson, terminal);
  },
});

function report(findings: readonly Finding[], isJson: boolean, terminal: Terminal): number {
  if (isJson) terminal.out(`${JSON.stringify(findings, undefined, 2)}\n`);
  else terminal.out(`${findingsText(findings)}\n${summaryText(findings)}\n`);
  return worstLevel(findings) === "problem" ? ExitCode.FAILED : ExitCode.OK;
}

async function examineRoute(
  { url, isInsecure, headers, idle, restart }: RouteOptions,
  terminal: Terminal,
): Promise<readonly Finding[]> {
  const { interruption } = terminal;
  const options: ConnectOptions = {
    signal: interruption,
    ...(headers.length > 0 && { headers }),
    ...(isInsecure && { tls: { rejectUnauthorized: false } }),
  };
  const progress = createProgress(terminal, 1, () => performance.now());
  try {
    const route = await findRoute(url, options);
    if (!route.hasCounterpart)
      terminal.error("An application's server answers; hawser doctor --help: how to learn more.\n");
    const onCheck = (what: string) => progress.step(what, 0);
    return await examine(route, { idle, restart, signal: interruption, onCheck });
  } catch (error) {
    if (interruption.aborted) throw new Interrupted();
    if (error instanceof HandshakeError || error instanceof RouteFault) {
      throw new CommandError(`no connection: ${harmless(error.message)}`);
    }
    throw error;
  } finally {
    progress.end();
  }
}

async function listen({ place, trustProxy, proxyProtocol }: ListenOptions, terminal: Terminal): Promise<number> {
  const options: ServeOptions = {
    ...place,
    ...(trustProxy.length > 0 && { trustProxy }),
    ...(proxyProtocol !== "off" && { proxyProtocol }),
  };
  const server = await startCounterpart(options).catch((error: Error) => {
    throw new CommandError(`cannot listen: ${error.message}`);
  });
  const where = "path" in place ? place.path : `port ${server.port}`;
  terminal.error(`The far end is ready at ${where}; now: hawser doctor <url of the route>. Ctrl-C ends it.\n`);
  terminal.interruption.addEventListener("abort", () => void server.close());
  await server.waitClosed();
  return ExitCode.OK;
}
