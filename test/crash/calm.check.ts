import { expect, test } from 'vitest'
import { CLEAN, surveyNode } from './whole-survey.ts'

test('a node that dies before or after any call to disk, peers or chain signs and pays once, and loses nothing', async ({
  signal,
}) => {
  expect(await surveyNode('calm', signal)).toEqual(CLEAN)
}, 0)
