/**
 * Folders for kustomize: a list of what is in them, and a file for each object.
 */

import { yamlText } from "../../annotated-yaml.ts";
import type { Deployment } from "../../deployment.ts";
import { header } from "../../header.ts";
import type { GeneratedFile } from "../../target.ts";

const HEAD = header("kubernetes", "#");

/** By the files' names. */
export type Objects = Readonly<Record<string, unknown>>;

export const KUSTOMIZATION = { apiVersion: "kustomize.config.k8s.io/v1beta1", kind: "Kustomization" } as const;

/** One that others choose. */
export const COMPONENT = { apiVersion: "kustomize.config.k8s.io/v1alpha1", kind: "Component" } as const;

/** @param kustomization what else stands in it */
export function folderFiles(folder: string, kustomization: object, objects: Objects): readonly GeneratedFile[] {
  return [
    {
      path: `${folder}/kustomization.yaml`,
      text: yamlText(HEAD, { ...kustomization, resources: Object.keys(objects) }),
    },
    ...filesOf(`${folder}/`, HEAD, objects),
  ];
}

/** A component by itself, made beside the target kubernetes. */
export function componentFiles(
  target: string,
  note: string,
  resources: Objects,
  patches: Objects,
): readonly GeneratedFile[] {
  const tree = {
    ...COMPONENT,
    resources: Object.keys(resources),
    patches: Object.keys(patches).map((path) => ({ path })),
  };
  return [
    { path: "kustomization.yaml", text: yamlText(header(target, "#", note), tree) },
    ...filesOf("", header(target, "#"), { ...resources, ...patches }),
  ];
}

function filesOf(prefix: string, head: string, objects: Objects): readonly GeneratedFile[] {
  return Object.entries(objects).map(([name, tree]) => ({ path: `${prefix}${name}`, text: yamlText(head, tree) }));
}

/** More annotations on the Deployment's pods. */
export function annotationPatch({ name }: Deployment, annotations: Readonly<Record<string, unknown>>): unknown {
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name },
    spec: { template: { metadata: { annotations } } },
  };
}
