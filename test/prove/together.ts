import type { Property } from './harness.ts'

/** One run for each harness that holds all its `properties`: proven if every one of them is. */
export function together(properties: readonly Property[]): Property[] {
  const groups = Map.groupBy(properties, ({ file, contract }) => `${file} ${contract}`)
  return [...groups.values()].flatMap((group) => {
    const [first] = group
    if (first === undefined) return []
    const library = first.id.split('.')[0]
    const isLeftOut = (start: number): boolean => group.every(({ others }) => others.some((one) => one.start === start))
    return [
      {
        ...first,
        id: `${library}, ${group.length} together`,
        claim: `every claim that npm run prove -- ${library} lists.`,
        proves: [...new Set(group.flatMap(({ proves }) => proves.split(', ')))].join(', '),
        range: 'as in the harness',
        assumes: [...new Set(group.map(({ assumes }) => assumes))].filter((text) => text !== '').join(', '),
        asserts: group.flatMap(({ asserts }) => asserts),
        others: first.others.filter(({ start }) => isLeftOut(start)),
      },
    ]
  })
}
