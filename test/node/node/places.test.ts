import { expect, test } from 'vitest'
import { withPlaces } from '../../../node/node/places.ts'

test('lets no more run at once than there are places, the others in their order, also after a failure', async () => {
  const whenFree = withPlaces(2)
  const began: number[] = []
  const ends: ((error?: Error) => void)[] = []
  const results = [0, 1, 2, 3].map((i) =>
    whenFree(async () => {
      began.push(i)
      await new Promise<void>((resolve, reject) => {
        ends[i] = (error) => (error === undefined ? resolve() : reject(error))
      })
      return i
    }).catch((error: Error) => error.message),
  )
  const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
  await settled()
  expect(began).toEqual([0, 1])
  ends[1]?.(new Error('failed'))
  await settled()
  expect(began).toEqual([0, 1, 2])
  ends[0]?.()
  await settled()
  expect(began).toEqual([0, 1, 2, 3])
  ends[2]?.()
  ends[3]?.()
  expect(await Promise.all(results)).toEqual([0, 'failed', 2, 3])
  expect(await whenFree(async () => 'again')).toBe('again')
})
