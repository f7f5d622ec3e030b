import { afterEach, vi } from "vitest";
import { onPipeHandle, onTcpHandle } from "../../test/support/transport-pairs.ts";
import { transportContract } from "../../test/transport-contract.ts";

afterEach(() => void vi.restoreAllMocks());

transportContract("a TCP handle", onTcpHandle);
transportContract("a pipe handle", onPipeHandle, { isUnix: true });
