import type { FastifySchema } from 'fastify'
import { z } from 'zod'
import * as schemas from './schemas.ts'

/** Every route of the local interface, by what it is; see `GET /openapi.json`. */
export type Route = keyof typeof SUMMARIES

const SUMMARIES = {
  '/healthz': 'Whether the process answers.',
  '/readyz': 'Whether the node can do its work, and what keeps it from it.',
  '/metrics': 'Everything for Prometheus, in its text format.',
  '/status': 'What the node follows, and where it stands.',
  '/fixings/:id/observations': 'The observations of a fixing that are held, the first of each reporter.',
  '/fixings/:id/evidence': 'Pairs of observations that one reporter signed of the fixing.',
  '/fixings/:id/report': 'The report of the observations that are held, or how many it lacks.',
  '/fixings/:id/samples': 'What the sources gave this node, as it was archived.',
  '/fixings/:id/differences': 'Which closes behind the observation of a reporter differ from the own.',
  '/journal': 'What the node did and decided not to do, and why: the newest lines, oldest first.',
  '/peers': 'Keeps an address connected, until the node stops.',
  '/openapi.json': 'This description.',
} as const

const json = (schema: z.ZodType, description: string) => {
  const { $schema: _draft, ...plain } = z.toJSONSchema(schema, { io: 'input' })
  return { description, content: { 'application/json': { schema: plain } } }
}

const FIXING = {
  type: 'object',
  properties: { id: { type: 'string', description: "the fixing's id" } },
  required: ['id'],
}
const ofFixing = (schema: z.ZodType, orNothing = ''): FastifySchema => ({
  params: FIXING,
  response: {
    200: json(schema, 'As this node has it.'),
    404: json(schemas.FAILURE, `A fixing that this node does not follow${orNothing}.`),
  },
})
const just = (schema: z.ZodType): FastifySchema => ({ response: { 200: json(schema, 'As this node has it.') } })

const DETAILS: Readonly<Record<Route, FastifySchema>> = {
  '/healthz': just(schemas.HEALTH),
  '/readyz': {
    response: {
      200: json(schemas.READINESS, 'It can.'),
      503: json(schemas.READINESS, 'It cannot; `problems` says why.'),
    },
  },
  '/metrics': {
    response: { 200: { description: 'Metrics.', content: { 'text/plain': { schema: { type: 'string' } } } } },
  },
  '/status': just(schemas.STATUS),
  '/fixings/:id/observations': ofFixing(schemas.OBSERVATIONS),
  '/fixings/:id/evidence': ofFixing(schemas.EVIDENCE),
  '/fixings/:id/report': ofFixing(schemas.REPORT, ', or has not looked at the observations of yet; `error` says which'),
  '/fixings/:id/samples': ofFixing(schemas.SAMPLES, ', or has not read the sources for yet; `error` says which'),
  '/fixings/:id/differences': {
    ...ofFixing(schemas.DIFFERENCES, ', or a signer of whom it holds no observation; `error` says which'),
    querystring: {
      type: 'object',
      properties: { signer: { type: 'string', description: 'whose observation' } },
      required: ['signer'],
    },
  },
  '/journal': {
    ...just(schemas.JOURNAL),
    querystring: {
      type: 'object',
      properties: {
        limit: { type: 'integer', minimum: 1, maximum: 1_000, default: 100 },
        fixing: { type: 'string', description: 'only lines about this fixing; the beginning of its id will do' },
      },
    },
  },
  '/peers': {
    body: { content: { 'application/json': { schema: z.toJSONSchema(schemas.PEER) } } },
    response: {
      200: json(schemas.ADDED, 'It is kept connected from now on.'),
      400: json(schemas.FAILURE, 'No multiaddr of a peer.'),
    },
  },
  '/openapi.json': { response: { 200: json(z.looseObject({ openapi: z.string() }), 'OpenAPI 3.1.') } },
}

/** What the route takes and gives, for its description: requests are checked where they are used. */
export function schemaOf(route: Route): FastifySchema {
  return { ...DETAILS[route], summary: SUMMARIES[route] }
}
