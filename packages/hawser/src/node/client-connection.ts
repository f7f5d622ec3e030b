/**
 * The client's end of a connection.
 */

import { Connection } from "./connection.ts";

/** One connection, made by `connect()`. */
export class ClientConnection<UserData = unknown> extends Connection<UserData> {}
