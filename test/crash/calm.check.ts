import { expect, test } from 'vitest'
import { CLEAN, surveyNode } from './whole-survey.ts'

test('a node that dies before or after any call to disk, peers or chain signs and pays once, and loses nothing', async () => {
  expect(await surveyNode('calm')).toEqual(CLEAN)
}, 0)
