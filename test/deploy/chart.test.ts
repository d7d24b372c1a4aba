import { readFileSync } from 'node:fs'
import { Ajv, type ValidateFunction } from 'ajv'
import t from 'tap'
import { parse } from 'yaml'
import { VARIABLES } from '../../src/config.js'
import { CHART, noRenderer, render, renderTexts, type Resource } from './chart.js'
import { complaints } from './kubernetes.js'

type Values = Record<string, unknown>

const read = (name: string): Values => parse(readFileSync(`${CHART}/${name}`, 'utf8')) as Values
const usual = read('values.yaml')

/** Everything that can be switched on at once. */
const EVERYTHING = {
  image: { ...usual.image as object, tag: '1.2.3', digest: `sha256:${'0'.repeat(64)}` },
  imagePullSecrets: [{ name: 'registry' }],
  config: { LOG_LEVEL: 'warn', REQUEST_TIMEOUT: 3_600_000, MEMORY_LIMIT: '200M' },
  extraEnv: [{ name: 'OTEL_EXPORTER_OTLP_ENDPOINT', value: 'http://collector:4318' }],
  apiKeys: { existingSecret: 'keys', key: 'API_KEYS' },
  service: { type: 'LoadBalancer', port: 8080, annotations: { a: 'b' } },
  metrics: { port: 9464, serviceMonitor: { enabled: true, interval: '15s', labels: { release: 'prometheus' } } },
  networkPolicy: { enabled: true, from: [{ podSelector: {} }], metricsFrom: [{ podSelector: {} }], egress: [{ ports: [{ port: 4318 }] }] },
  serviceAccount: { create: true, name: 'account', annotations: { a: 'b' } },
  podAnnotations: { a: 'b' },
  podLabels: { a: 'b' },
  nodeSelector: { a: 'b' },
  tolerations: [{ key: 'a', operator: 'Exists' }],
  affinity: { podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [] } },
  priorityClassName: 'high'
}

/** Values that a chart is installed with, by what they are for. */
const CASES: Readonly<Record<string, object>> = {
  usual: {},
  everything: EVERYTHING,
  'nothing that can be left out': {
    autoscaling: { enabled: false },
    podDisruptionBudget: { enabled: false, maxUnavailable: 1 },
    serviceAccount: { create: false },
    networkPolicy: { ...usual.networkPolicy as object, enabled: false }
  },
  KServe: { kserve: { enabled: true, annotations: { 'serving.kserve.io/deploymentMode': 'RawDeployment' }, minReplicas: 0, maxReplicas: 3 } },
  'KServe with everything': { ...EVERYTHING, kserve: { enabled: true, minReplicas: 1, maxReplicas: 3 } }
}

const schema = JSON.parse(readFileSync(`${CHART}/values.schema.json`, 'utf8')) as object
const validate: ValidateFunction = new Ajv({ allErrors: true, allowUnionTypes: true }).compile(schema)

/** Values over the chart's, member by member, as Helm merges them. */
function merged (base: Values, over: Values): Values {
  const both = Object.entries(over).filter(([name, value]) => isObject(value) && isObject(base[name]))
  return { ...base, ...over, ...Object.fromEntries(both.map(([name, value]) => [name, merged(base[name] as Values, value as Values)])) }
}

function isObject (value: unknown): boolean { return typeof value === 'object' && value !== null && !Array.isArray(value) }

t.test('the chart has the version of the service', async t => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }
  t.match(read('Chart.yaml'), { apiVersion: 'v2', name: 'lossd', version, appVersion: version })
})

t.test('the schema takes the chart\'s own values, and those of every case', async t => {
  for (const [name, values] of Object.entries(CASES)) {
    validate(merged(usual, values as Values))
    t.same(validate.errors, null, name)
  }
})

t.test('the schema refuses values that would not work, and names them', async t => {
  for (const [values, place] of [
    [{ replicaCounts: 3 }, ''],
    [{ replicaCount: '3' }, '/replicaCount'],
    [{ replicaCount: -1 }, '/replicaCount'],
    [{ image: { tag: 'a tag' } }, '/image/tag'],
    [{ image: { digest: 'sha256:abc' } }, '/image/digest'],
    [{ image: { pullPolicy: 'Sometimes' } }, '/image/pullPolicy'],
    [{ config: { logLevel: 'info' } }, '/config'],
    [{ config: { PORT: '80' } }, '/config'],
    [{ config: { API_KEYS: 'name:in the open' } }, '/config'],
    [{ config: { LOG_LEVEL: ['info'] } }, '/config/LOG_LEVEL'],
    [{ apiKeys: { existingSecret: 'keys', key: 'a b' } }, '/apiKeys/key'],
    [{ resources: { limits: { memory: undefined } } }, '/resources/limits'],
    [{ resources: { limits: { memory: '512 MB' } } }, '/resources/limits/memory'],
    [{ resources: { limits: { memory: 512 } } }, '/resources/limits/memory'],
    [{ service: { port: 70000 } }, '/service/port'],
    [{ service: { type: 'ExternalName' } }, '/service/type'],
    [{ metrics: { port: 3000 } }, '/metrics/port'],
    [{ metrics: { serviceMonitor: { enabled: true, interval: 'often' } } }, '/metrics/serviceMonitor/interval'],
    [{ autoscaling: { targetCPUUtilizationPercentage: 0 } }, '/autoscaling/targetCPUUtilizationPercentage'],
    [{ podDisruptionBudget: { maxUnavailable: 0 } }, '/podDisruptionBudget/maxUnavailable'],
    [{ networkPolicy: { from: 'everyone' } }, '/networkPolicy/from'],
    [{ kserve: { enabled: 'yes' } }, '/kserve/enabled'],
    [{ serviceAccount: { name: 'Not_A_Name' } }, '/serviceAccount/name'],
    [{ fullnameOverride: 'x'.repeat(64) }, '/fullnameOverride']
  ] as const) {
    t.notOk(validate(merged(usual, values as Values)), JSON.stringify(values))
    t.ok(validate.errors?.some(({ instancePath }) => instancePath === place), place)
  }
})

const skip = noRenderer()
const titled = (title: string): string => skip === false ? title : `${title} (skipped: ${skip})`

t.test(titled('Kubernetes takes what the chart gives, whatever is switched on'), { skip }, async t => {
  const resources = Object.values(CASES).flatMap(values => render(values))
  t.same(complaints(resources), [], `${resources.length} objects`)
  const wrong = [{ replica: 2 }, { replicas: 'two' }, { selector: undefined }].map(member => ({ ...resources[0]!, spec: { ...resources[0]!.spec, ...member } }))
  t.match(complaints(wrong), [/"replica"' does not exist/, /'string' is not assignable to type 'number'/, /'selector' is missing/])
})

t.test(titled('each case gives the kinds that it asks for'), { skip }, async t => {
  const kinds = (values: object): string[] => render(values).map(({ kind }) => kind).sort()
  t.same(kinds({}), ['Deployment', 'HorizontalPodAutoscaler', 'NetworkPolicy', 'PodDisruptionBudget', 'Service', 'ServiceAccount'])
  t.same(kinds(EVERYTHING), ['Deployment', 'HorizontalPodAutoscaler', 'NetworkPolicy', 'PodDisruptionBudget', 'Service', 'ServiceAccount', 'ServiceMonitor'])
  t.same(kinds(CASES['nothing that can be left out']!), ['Deployment', 'Service'])
  t.same(kinds(CASES.KServe!), ['InferenceService', 'ServiceAccount'])
})

t.test(titled('pods are confined as the restricted standard asks, and have no token'), { skip }, async t => {
  for (const [name, values] of Object.entries(CASES)) {
    const resources = render(values)
    for (const pod of podsOf(resources)) {
      for (const { securityContext, resources } of pod.containers) {
        t.match(securityContext, { runAsNonRoot: true, runAsUser: 1000 }, name)
        t.match(securityContext, { readOnlyRootFilesystem: true, allowPrivilegeEscalation: false })
        t.match(securityContext, { capabilities: { drop: ['ALL'] }, seccompProfile: { type: 'RuntimeDefault' } })
        t.notOk('add' in securityContext.capabilities || 'privileged' in securityContext)
        t.ok(resources.limits.memory)
      }
      t.same(['hostNetwork', 'hostPID', 'hostIPC', 'volumes'].filter(member => member in pod), [])
    }
    const accounts = resources.filter(({ kind }) => kind === 'ServiceAccount')
    t.notOk(accounts.some(account => account.automountServiceAccountToken !== false))
  }
  t.match(podsOf(render())[0], { automountServiceAccountToken: false })
})

t.test(titled('Kubernetes waits longer than the service takes to end, and sees before it stops listening that it will'), { skip }, async t => {
  const usual = (name: string): number => Number(VARIABLES.find(variable => variable.name === name)!.usual.replaceAll('`', ''))
  const pod = podsOf(render())[0]!
  t.ok(pod.terminationGracePeriodSeconds * 1000 > usual('SHUTDOWN_LIMIT'))
  const { periodSeconds, failureThreshold } = pod.containers[0].readinessProbe
  t.ok(periodSeconds * failureThreshold * 1000 < usual('SHUTDOWN_PAUSE'))
})

t.test(titled('what refers to another finds it: labels, ports, names, probes'), { skip }, async t => {
  for (const values of [{}, EVERYTHING]) {
    const all = Object.fromEntries(render(values, 'a-release').map(resource => [resource.kind, resource]))
    const pod = all.Deployment!.spec.template
    const ports = new Set((pod.spec.containers[0].ports as Array<{ name: string }>).map(({ name }) => name))
    const selectors = [all.Deployment!.spec.selector, all.PodDisruptionBudget!.spec.selector, all.NetworkPolicy!.spec.podSelector]
    for (const { matchLabels } of selectors) t.match(pod.metadata.labels, matchLabels)
    t.match(pod.metadata.labels, all.Service!.spec.selector)
    for (const { targetPort } of all.Service!.spec.ports) t.ok(ports.has(targetPort))
    for (const { ports: [{ port }] } of all.NetworkPolicy!.spec.ingress) t.ok(ports.has(port))
    t.match(all.HorizontalPodAutoscaler!.spec.scaleTargetRef, { kind: 'Deployment', name: all.Deployment!.metadata.name })
    t.equal(pod.spec.serviceAccountName, all.ServiceAccount!.metadata.name)
    t.equal('replicas' in all.Deployment!.spec, false, 'the autoscaler sets the replicas')
    if (all.ServiceMonitor === undefined) continue
    t.match(all.Service!.metadata.labels, all.ServiceMonitor.spec.selector.matchLabels)
    const offered = (all.Service!.spec.ports as Array<{ name: string }>).map(({ name }) => name)
    for (const { port } of all.ServiceMonitor.spec.endpoints) t.ok(offered.includes(port))
  }
  const { paths } = JSON.parse(readFileSync('openapi/openapi.json', 'utf8')) as { paths: object }
  for (const { livenessProbe, readinessProbe, startupProbe } of podsOf(render())[0]!.containers) {
    for (const { httpGet } of [livenessProbe, readinessProbe, startupProbe]) t.ok(httpGet.path in paths, httpGet.path)
  }
})

t.test(titled('the environment has variables of the service alone, written out; keys come from the secret'), { skip }, async t => {
  const { env } = podsOf(render(EVERYTHING))[0]!.containers[0]
  const value = (name: string): object => (env as Array<{ name: string }>).find(variable => variable.name === name)!
  t.match(value('REQUEST_TIMEOUT'), { value: '3600000' })
  t.match(value('API_KEYS'), { valueFrom: { secretKeyRef: { name: 'keys', key: 'API_KEYS' } } })
  const known = new Set([...VARIABLES.map(({ name }) => name), 'METRICS_PORT', 'OTEL_EXPORTER_OTLP_ENDPOINT'])
  t.same((env as Array<{ name: string }>).filter(({ name }) => !known.has(name)), [])
})

t.test(titled('names stay within what a label may have, and say the chart\'s name once'), { skip }, async t => {
  const named = (name: string, values = {}): string => render(values, name).find(({ kind }) => kind === 'Deployment')!.metadata.name
  t.equal(named('release'), 'release-lossd')
  t.equal(named('lossd'), 'lossd')
  t.equal(named('release', { fullnameOverride: 'other' }), 'other')
  t.ok(named('x'.repeat(53), { nameOverride: 'a-name-that-is-long' }).length <= 63)
  t.match(renderTexts({})['NOTES.txt'], /port-forward service\/release-lossd 3000:80/)
})

/** What of the pods' templates is looked at, wherever they stand. */
function podsOf (resources: readonly Resource[]): Array<Resource['spec']> {
  return resources.flatMap(({ kind, spec }) => kind === 'Deployment' ? [spec.template.spec] : kind === 'InferenceService' ? [spec.predictor] : [])
}
