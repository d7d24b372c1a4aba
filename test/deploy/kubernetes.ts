// Whether an object is what Kubernetes takes: the compiler reads it as a literal of Kubernetes' own types, so that members which
// there are not, are of another type or are missing are errors.
import { resolve } from 'node:path'
import ts from 'typescript'
import type { Resource } from './chart.js'

/** Kinds by API version: a module with a type of that name, or a type that is declared here. */
const MODULES: Readonly<Record<string, string>> = {
  'apps/v1': 'kubernetes-types/apps/v1',
  v1: 'kubernetes-types/core/v1',
  'autoscaling/v2': 'kubernetes-types/autoscaling/v2',
  'policy/v1': 'kubernetes-types/policy/v1',
  'networking.k8s.io/v1': 'kubernetes-types/networking/v1'
}

/** What is used here of two extensions: the Prometheus operator's and KServe's, whose predictor is also a pod. */
const EXTENSIONS = `
import type { ObjectMeta, LabelSelector } from 'kubernetes-types/meta/v1'
import type { PodSpec } from 'kubernetes-types/core/v1'
interface ServiceMonitor {
  apiVersion: 'monitoring.coreos.com/v1', kind: 'ServiceMonitor', metadata: ObjectMeta
  spec: { selector: LabelSelector, endpoints: Array<{ port: string, path?: string, interval?: string, scheme?: 'http' | 'https' }> }
}
interface Predictor extends PodSpec { minReplicas?: number, maxReplicas?: number, containerConcurrency?: number, timeout?: number }
interface InferenceService {
  apiVersion: 'serving.kserve.io/v1beta1', kind: 'InferenceService', metadata: ObjectMeta, spec: { predictor: Predictor }
}
`

/** Where the literals would be. */
const FILE = resolve('test/deploy/rendered.ts')

/** What the compiler says against them. */
export function complaints (resources: readonly Resource[]): string[] {
  const literals = resources.map((resource, at) => `export const resource${at}: ${typeOf(resource)} = ${JSON.stringify(resource, null, 1)}`)
  const program = compile(EXTENSIONS + literals.join('\n'))
  return program.getSemanticDiagnostics(program.getSourceFile(FILE)).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))
}

function typeOf ({ apiVersion, kind }: Resource): string {
  const module = MODULES[apiVersion]
  return module === undefined ? kind : `import('${module}').${kind} & { apiVersion: '${apiVersion}' }`
}

const OPTIONS: ts.CompilerOptions = {
  strict: true,
  noEmit: true,
  skipLibCheck: true,
  types: [],
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler
}

/** Compiles a text that is in no file, beside this one. */
function compile (text: string): ts.Program {
  const host = ts.createCompilerHost(OPTIONS)
  const read = host.getSourceFile.bind(host)
  const isRendered = (name: string): boolean => resolve(name) === FILE
  host.getSourceFile = (name, ...rest) => isRendered(name) ? ts.createSourceFile(name, text, OPTIONS.target!) : read(name, ...rest)
  return ts.createProgram([FILE], OPTIONS, host)
}
