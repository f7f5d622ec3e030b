/**
 * YAML with comments that say why a value is what it is. Knows nothing of what the documents mean.
 */

import { Document, type Node, type Pair, YAMLMap, YAMLSeq } from "yaml";

/** A value, and the sentence above it. */
class Why {
  readonly value: unknown;
  readonly reason: string;

  constructor(value: unknown, reason: string) {
    this.value = value;
    this.reason = reason;
  }
}

/** Marks `value`, in a tree for {@link yamlText}, with a comment that stands above its key or item. */
export function why(value: unknown, reason: string): unknown {
  return new Why(value, reason);
}

/**
 * One YAML file.
 *
 * @param head comment lines at the top of the file, with their marks
 * @param documents trees of maps, lists, texts, numbers, booleans and {@link why}; keys that are `undefined` are left out
 */
export function yamlText(head: string, ...documents: readonly unknown[]): string {
  return head + documents.map(documentText).join("---\n");
}

function documentText(tree: unknown): string {
  // Kubernetes, CloudFormation and Envoy read YAML 1.1, where a plain `no`, `on` or `22:22` is no text
  const document = new Document(undefined, { compat: "yaml-1.1" });
  document.contents = nodeOf(document, tree) as typeof document.contents;
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}

function nodeOf(document: Document, tree: unknown): Node {
  if (tree instanceof Why) return nodeOf(document, tree.value);
  if (Array.isArray(tree)) return sequenceOf(document, tree);
  if (typeof tree === "object" && tree !== null) return mapOf(document, tree);
  return document.createNode(tree) as Node;
}

function sequenceOf(document: Document, items: readonly unknown[]): Node {
  const sequence = new YAMLSeq(document.schema);
  for (const item of items) {
    const node = nodeOf(document, item);
    if (item instanceof Why) node.commentBefore = ` ${item.reason}`;
    sequence.items.push(node);
  }
  // Short lists of plain values read best on one line; a comment needs a line of its own
  sequence.flow = items.every((item) => !(item instanceof Why) && typeof item !== "object");
  return sequence;
}

function mapOf(document: Document, tree: object): Node {
  const map = new YAMLMap(document.schema);
  for (const [name, value] of Object.entries(tree)) {
    if (value === undefined) continue;
    const pair = document.createPair(name, null) as Pair<Node, Node>;
    pair.value = nodeOf(document, value);
    if (value instanceof Why) pair.key.commentBefore = value.reason.replace(/^/gm, " ");
    map.items.push(pair);
  }
  map.flow = map.items.length === 0;
  return map;
}
