/**
 * All cases of a role, in the order in which they are reported.
 */

import type { Case, Limits, Role } from "../case.ts";
import { clientHandshakeCases } from "./client-handshake.ts";
import { clientRefusalCases } from "./client-refusals.ts";
import { closingStepTable, closingTable } from "./closing.ts";
import { controlStepTable, controlTable } from "./control.ts";
import { deflateTable } from "./deflate.ts";
import { deflateFaultTable } from "./deflate-faults.ts";
import { expand, expandSteps } from "./expand.ts";
import { fragmentationTable } from "./fragmentation.ts";
import { framingTable } from "./framing.ts";
import { limitsStepTable, limitsTable } from "./limits.ts";
import { clientNegotiationCases, serverNegotiationCases } from "./negotiation.ts";
import { serverBodyCases } from "./server-bodies.ts";
import { serverHandshakeCases } from "./server-handshake.ts";
import { serverHttpCases } from "./server-http.ts";
import { serverRefusalCases } from "./server-refusals.ts";
import { utf8StepTable, utf8Table } from "./utf8.ts";

/** What is the same for both roles once the connection is open. */
function openCases(role: Role, limits: Limits): Case[] {
  const side = role === "server" ? "client" : "server";
  return [
    ...expand("framing", role, framingTable(limits)),
    ...expand("fragmentation", role, fragmentationTable()),
    ...expand("control", role, controlTable()),
    ...expandSteps("control", role, controlStepTable()),
    ...expand("utf8", role, utf8Table(side)),
    ...expandSteps("utf8", role, utf8StepTable(side)),
    ...expand("closing", role, closingTable()),
    ...expandSteps("closing", role, closingStepTable()),
    ...expand("limits", role, limitsTable(limits)),
    ...expandSteps("limits", role, limitsStepTable(limits)),
    ...expand("deflate", role, [...deflateTable(), ...deflateFaultTable()]),
  ];
}

export function serverCases(limits: Limits): Case[] {
  return [
    ...serverHandshakeCases(),
    ...serverRefusalCases(),
    ...serverHttpCases(),
    ...serverBodyCases(),
    ...openCases("server", limits),
    ...serverNegotiationCases(),
  ];
}

export function clientCases(limits: Limits): Case[] {
  return [
    ...clientHandshakeCases(),
    ...clientRefusalCases(),
    ...openCases("client", limits),
    ...clientNegotiationCases(),
  ];
}
