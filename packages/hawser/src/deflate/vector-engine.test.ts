import { describe } from "vitest";
import { deflateEngineContract } from "../../test/deflate-engine-contract.ts";
import { createVectorEngine } from "./vector-engine.ts";

describe("the vector engine", () => {
  deflateEngineContract(createVectorEngine()!);
});

describe("the vector engine in portions of 512 bytes", () => {
  deflateEngineContract(createVectorEngine({ portion: 512 })!);
});
