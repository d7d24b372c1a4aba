// The worked example that tutorials print: five rows of four logits.
import t from 'tap'
import { agree } from './closeness.js'
import { ask, loss, service, transform } from './service.js'
import { numbersOf, type Nested } from './values.js'

const OUT = [
  [-1.9675, -0.0030, 1.4072, 0.6208], [-1.1345, -0.5482, 0.9298, 1.0552], [1.1224, 1.8556, 0.0283, 1.6605],
  [0.5614, -0.2457, -0.4221, -1.6666], [0.8162, -0.9078, -1.0052, -0.2580]
]
const CLASSES = [1, 2, 3, 0, 2]
const PRINTED = 2e-4

t.test(`the tutorial's log_softmax, nll and cross_entropy come out as printed, to ${PRINTED}`, async t => {
  const app = await service(t)
  const rows = await ask(app, transform('log_softmax'), { input: OUT })
  const scores = { input: OUT, target: CLASSES, reduction: 'none' }
  const isPrinted = (answer: Nested | undefined, printed: readonly number[], name: string) => {
    t.ok(printed.every((value, k) => agree(numbersOf(answer)[k]!, value, 0, PRINTED)), name, { answer, printed })
  }
  isPrinted(rows.output, [-3.9250, -1.9605, -0.5503, -1.3367], 'log_softmax of the first row')
  const { loss: likelihoods } = await ask(app, loss('nll'), scores)
  isPrinted(likelihoods, [0.0030, -0.9298, -1.6605, -0.5614, 1.0052], 'nll')
  const { loss: entropies } = await ask(app, loss('cross_entropy'), scores)
  isPrinted(entropies, [1.9605, 0.9117, 1.0969, 0.6564, 2.3413], 'cross_entropy')
})
