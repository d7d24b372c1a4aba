// Work that seldom has to wait, written as generators: `yield *` where other code has `await`. What never waits, as a
// small request does, runs to its end at once, without a promise; an await would cost it a turn of the microtask queue.
// A generator function stands outside of others, where it is made once: V8 gives each a hidden class, which keeps what the
// function refers to until the next full collection.

/** A promise, or something that, unlike a promise, calls back in the turn in which it has happened. */
export interface Pending<T> { then (done: (value: T) => void, failed: (error: Error) => void): unknown }

/** What comes to a T, perhaps after waiting. */
export type Steps<T> = Generator<Pending<unknown>, T, unknown>

/** Waits. */
export function * wait<T> (pending: Pending<T>): Steps<T> { return (yield pending) as T }

/** Takes `steps` as far as they go without waiting: their result, or a promise of it. */
export function proceed<T> (steps: Steps<T>): T | Promise<T> {
  const step = steps.next()
  return step.done === true ? step.value : finish(steps, step.value)
}

function finish<T> (steps: Steps<T>, first: Pending<unknown>): Promise<T> {
  return new Promise((resolve, reject) => {
    const go = (take: () => IteratorResult<Pending<unknown>, T>): void => {
      try {
        const step = take()
        if (step.done === true) resolve(step.value)
        else follow(step.value)
      } catch (error) {
        reject(error)
      }
    }
    const follow = (awaited: Pending<unknown>): void => {
      awaited.then(value => { go(() => steps.next(value)) }, error => { go(() => steps.throw(error)) })
    }
    follow(first)
  })
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
