import t from 'tap'
import { HOP, type Threads } from '../../src/engine/dispatch.js'
import { BatchMemory } from '../../src/engine/memory.js'
import { compileKernels, Instance } from '../../src/engine/module.js'
import { Texts } from '../../src/engine/text.js'
import { proceed, type Steps } from '../../src/steps.js'
import type { Tensor } from '../../src/tensor/tensor.js'
import type { Extent } from '../../src/tensor/text.js'

/** The text kernels over a memory of their own, and which of them were sent to threads. */
function texts (lanes: number) {
  const memory = new BatchMemory(64 * 1024 * 1024)
  const instance = new Instance(compileKernels(), memory.memory)
  memory.open(instance.kernels.heapBase)
  const sent: string[] = []
  const threads: Threads = {
    lanes,
    hop: HOP,
    call: (kernel, record) => { instance.call(kernel, record) },
    run: async (kernel, record) => {
      sent.push(kernel)
      instance.call(kernel, record)
    }
  }
  const work = async <T> (steps: Steps<T>): Promise<T> => await proceed(steps)
  return { memory, sent, work, texts: new Texts(memory, threads, { wait: 1000 }, { jsonDepth: 64, rankLimit: 32 }) }
}

t.test('a long list is read in parts alone, unless one of them meets what it does not expect', async t => {
  for (const [first, expected] of [['0.5', ['numbersPart']], ['"NaN"', ['numbersPart']], ['true', ['numbers', 'numbersPart']]] as const) {
    const { memory, sent, work, texts: kernels } = texts(2)
    const body = `{"input":[[${first}${',0.125'.repeat(29999)}]${`,[1${',0.125'.repeat(29999)}]`.repeat(3)}]}`
    const at = memory.tryReserve(body.length)!.address
    memory.bytes.write(body, at, 'latin1')
    const { members } = await work(kernels.outline({ address: at, from: 0, to: body.length }, 9))
    const { value, elements, cuts } = members[0]!
    t.equal(elements, 120_000)
    t.same(cuts!.shape, [4, 30_000])
    const to = memory.tryReserve(8 * elements)!.address
    sent.length = 0
    const reading = work(kernels.numbers(value, 'float64', to, elements, cuts))
    if (first === 'true') await t.rejects(reading)
    else t.same(await reading, [4, 30_000])
    t.same([...new Set(sent)].sort(), expected)
    t.equal(sent.filter(kernel => kernel === 'numbersPart').length, 8)
  }
})

t.test('a large tensor is printed in parts', async t => {
  const { memory, sent, work, texts: kernels } = texts(3)
  const tensor: Tensor = { dtype: 'float64', shape: [250, 400], address: memory.tryReserve(800_000)!.address, form: 'nested', pointer: '' }
  let text = ''
  const add = ({ address, to }: Extent): void => { text += memory.bytes.toString('latin1', address, address + to) }
  await work(kernels.print(tensor, 'string', function * (size) { return memory.tryReserve(size)!.address }, add))
  t.equal(text, JSON.stringify(Array(250).fill(Array(400).fill(0))))
  t.same(sent, Array(12).fill('print'))
})
