import { expect, test } from 'vitest'
import { CLEAN, surveyNode } from './whole-survey.ts'

test('a node that dies anywhere signs and pays once, and loses nothing, while gas is dear and it is halted', async () => {
  expect(await surveyNode('dear')).toEqual(CLEAN)
}, 0)
