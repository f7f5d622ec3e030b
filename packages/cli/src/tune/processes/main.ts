/**
 * The program of the measuring processes: `node main.js <role>` answers its parent until that is gone.
 */

import { type Answers, type Request, replyTo } from "../../workers/answers.ts";
import { clientsAnswers } from "./clients.ts";
import { codecAnswers } from "./codec.ts";
import { serverAnswers } from "./server.ts";
import type { Role } from "./worker.ts";

const ROLES: Record<Role, () => Answers> = { codec: codecAnswers, server: serverAnswers, clients: clientsAnswers };

const answers = ROLES[process.argv[2] as Role]();
process.on("message", (request: Request) => {
  void replyTo(answers, request).then((reply) => process.send?.(reply));
});
process.on("disconnect", () => process.exit(0));
// A terminal sends Ctrl-C to the whole group; the parent decides and kills
process.on("SIGINT", () => {});
