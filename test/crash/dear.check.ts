import { expect, test } from 'vitest'
import { CLEAN, surveyNode } from './whole-survey.ts'

test('a node that dies anywhere signs and pays once, and loses nothing, while gas is dear and it is halted', async ({
  signal,
}) => {
  expect(await surveyNode('dear', signal)).toEqual(CLEAN)
}, 0)
