// The chart, rendered by Go's own templates with Debian's sprig: render.go is Helm's part of it.
import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { parseAllDocuments } from 'yaml'

/** Where the chart is. */
export const CHART = 'deploy/helm/lossd'

const RENDERER = 'build/render-chart'

/** A Kubernetes object, as the templates give it. */
export interface Resource {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name: string, readonly labels?: Readonly<Record<string, string>> }
  // What is inside depends on the kind, and is what the tests are about.
  readonly spec: any
  readonly automountServiceAccountToken?: boolean
}

/** Builds the renderer; gives why there is none on this machine, or false. */
export function noRenderer (): string | false {
  mkdirSync('build', { recursive: true })
  try {
    const env = { ...process.env, GO111MODULE: 'off', GOPATH: '/usr/share/gocode', GOFLAGS: '' }
    execFileSync('go', ['build', '-o', RENDERER, 'test/deploy/render.go'], { env, stdio: ['ignore', 'ignore', 'pipe'] })
    return false
  } catch (error) {
    if ((error as { code?: string }).code !== 'ENOENT' && !String(error).includes('cannot find package')) throw error
    return 'golang-go, golang-github-masterminds-sprig-dev or golang-github-ghodss-yaml-dev is missing'
  }
}

/** Everything that the chart gives with these values; the notes are left out. @throws Error with what the templates complain of */
export function render (values: object = {}, name = 'release'): Resource[] {
  const texts = renderTexts(values, name)
  return Object.entries(texts).filter(([file]) => file.endsWith('.yaml')).flatMap(([, text]) => documents(text))
}

/** What the templates give, by file. */
export function renderTexts (values: object, name = 'release'): Record<string, string> {
  const input = JSON.stringify({ values, release: { Name: name, Namespace: 'space', Service: 'Helm' } })
  return JSON.parse(execFileSync(RENDERER, [CHART], { input, encoding: 'utf8', stdio: ['pipe', 'pipe', 'pipe'] })) as Record<string, string>
}

/** What is not empty. @throws Error when a text is no YAML, or has a member twice */
function documents (text: string): Resource[] {
  const all = parseAllDocuments(text, { uniqueKeys: true, strict: true })
  const [error] = all.flatMap(({ errors }) => errors)
  if (error !== undefined) throw new Error(`${error.message}\n${text}`)
  return all.map(document => document.toJS() as Resource | null).filter(resource => resource !== null)
}
