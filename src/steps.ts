// Work that seldom has to wait, written as generators: `yield *` where other code has `await`. What never waits, as a
// small request does, runs to its end at once, without a promise; an await would cost it a turn of the microtask queue.

/** What comes to a T, perhaps after waiting. */
export type Steps<T> = Generator<PromiseLike<unknown>, T, unknown>

/** Waits for a promise. */
export function * wait<T> (promise: PromiseLike<T>): Steps<T> { return (yield promise) as T }

/** Takes `steps` as far as they go without waiting: their result, or a promise of it. */
export function proceed<T> (steps: Steps<T>): T | Promise<T> {
  const step = steps.next()
  return step.done === true ? step.value : finish(steps, step.value)
}

async function finish<T> (steps: Steps<T>, first: PromiseLike<unknown>): Promise<T> {
  let step: IteratorResult<PromiseLike<unknown>, T> = { value: first }
  while (step.done !== true) step = await resume(steps, step.value)
  return step.value
}

async function resume<T> (steps: Steps<T>, awaited: PromiseLike<unknown>): Promise<IteratorResult<PromiseLike<unknown>, T>> {
  let value: unknown
  try {
    value = await awaited
  } catch (error) {
    return steps.throw(error)
  }
  return steps.next(value)
}

/**
 * Takes all side by side. When one fails, the others still end before this does: they write into memory that is
 * given back afterwards.
 */
export function * all<T> (several: readonly Steps<T>[]): Steps<T[]> {
  const results = several.map(begin)
  if (!results.some(result => result instanceof Promise)) return results as T[]
  const settled = yield * wait(Promise.allSettled(results))
  return settled.map(result => {
    if (result.status === 'rejected') throw result.reason
    return result.value
  })
}

function begin<T> (steps: Steps<T>): T | Promise<T> {
  try {
    return proceed(steps)
  } catch (error) {
    return Promise.reject(error)
  }
}
