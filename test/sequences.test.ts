// What of losses over sequences no single vector shows: what stands beside a mean, and that all alignments are counted.
import t from 'tap'
import { agree } from './closeness.js'
import { Draws } from './draw.js'
import { ask, loss, service } from './service.js'
import { numbersOf } from './values.js'

const app = await service(t)
const draws = new Draws(20261123)
const FRAMES = 5
const CLASSES = 3

/** Log-probabilities of one sample. */
function frames (): number[][] {
  return Array.from({ length: FRAMES }, () => {
    const scores = Array.from({ length: CLASSES }, () => Math.exp(draws.normal()))
    const total = scores.reduce((sum, score) => sum + score)
    return scores.map(score => Math.log(score / total))
  })
}

/** Every choice of a class for every frame. */
function paths (length = FRAMES): number[][] {
  return length === 0 ? [[]] : paths(length - 1).flatMap(path => Array.from({ length: CLASSES }, (_, k) => [...path, k]))
}

/** The labels of a path: without repeats, then without blanks. */
function labelsOf (path: readonly number[]): number[] { return path.filter((k, t) => k !== path[t - 1] && k !== 0) }

/** −ln of the probability of all paths that have these labels, path by path. */
function enumerated (rows: readonly number[][], labels: readonly number[]): number {
  const own = paths().filter(path => String(labelsOf(path)) === String(labels))
  return -Math.log(own.reduce((sum, path) => sum + Math.exp(path.reduce((log, k, t) => log + rows[t]![k]!, 0)), 0))
}

t.test('ctc is −ln of the probability of all alignments, counted one by one, and its gradients sum to 0 over the classes', async t => {
  for (const labels of [[], [1], [2, 2], [1, 2], [1, 2, 1], [2, 2, 1], [1, 1, 1]]) {
    const rows = frames()
    const sample = { log_probs: rows, targets: { shape: [labels.length], data: labels } }
    const lengths = { input_lengths: FRAMES, target_lengths: labels.length }
    const answer = await ask(app, loss('ctc'), { ...sample, ...lengths, reduction: 'sum', gradients: ['log_probs'] })
    t.ok(agree(Number(answer.loss), enumerated(rows, labels), 1e-12, 1e-12), String(labels))
    const slopes = numbersOf(answer.gradients?.log_probs)
    for (let k = 0; k < slopes.length; k += CLASSES) {
      t.ok(Math.abs(slopes.slice(k, k + CLASSES).reduce((sum, slope) => sum + slope)) < 1e-14)
    }
  }
})

t.test('the mean of ctc and of a perplexity per batch stands alone; elsewhere sum and divisor stand beside it', async t => {
  const samples = {
    log_probs: frames().map(row => [row, row]), targets: [[1, 2], [1, 1]], input_lengths: [FRAMES, FRAMES], target_lengths: [2, 2]
  }
  const text = { logits: [frames(), frames()], input_ids: [[0, 1, 2, 0, 1], [2, 1, 0, 0, 1]] }
  for (const [id, request, parts] of [
    ['ctc', samples, false],
    ['ctc', { ...samples, reduction: 'batchmean' }, true],
    ['perplexity', text, false],
    ['perplexity', { ...text, per: 'sequence' }, true],
    ['next_token_cross_entropy', text, true]
  ] as const) {
    const answer = await ask(app, loss(id), request)
    t.equal('sum' in answer && 'divisor' in answer, parts, id)
    if (parts) t.equal(Number(answer.sum) / Number(answer.divisor), answer.loss)
  }
})

t.test('a perplexity is e to the mean of next_token_cross_entropy, in every sequence', async t => {
  const text = { logits: [frames(), frames()], input_ids: [[0, 1, 2, 0, 1], [2, 1, 0, 0, 1]] }
  const mean = await ask(app, loss('next_token_cross_entropy'), text)
  const both = await ask(app, loss('perplexity'), text)
  t.ok(agree(Number(both.loss), Math.exp(Number(mean.loss)), 1e-14, 0))
  const each = numbersOf((await ask(app, loss('perplexity'), { ...text, per: 'sequence', reduction: 'none' })).loss)
  for (const [b, logits] of text.logits.entries()) {
    const own = await ask(app, loss('next_token_cross_entropy'), { logits, input_ids: text.input_ids[b] })
    t.ok(agree(each[b]!, Math.exp(Number(own.loss)), 1e-14, 0))
  }
})
