import { homedir } from 'node:os';

import type { Static, TSchema } from 'typebox';
import { Value } from 'typebox/value';

import {
  GitRequest,
  PlanRequest,
  type ErrorReply,
  type GitReply,
  type Plan,
  type PlanReply,
  type Problem
} from '../contract';
import { problemOf, ProblemError } from '../problem-error';
import { DEFAULT_LIMITS } from '../files/limits';
import { checkPublishable } from '../files/publishable';
import { readGitFacts } from './git/git-facts';
import { makeGitPlan } from './git/git-plan';
import { Patience } from './patience';
import { makePlan } from './plan';
import { readSince } from './since';

/** As long as a person may be kept waiting for a plan; what was found until then is told. */
const PLAN_MS = 10_000;

/** What this program says to a request: JSON with `kind`, and beside it what that asks for. */
export async function answer(text: string): Promise<PlanReply | GitReply | ErrorReply> {
  try {
    const { kind, ...request } = parsed(text);
    switch (kind) {
      case 'plan':
        return { plan: await plan(checked(PlanRequest, request)) };
      case 'git':
        return await readGitFacts(checked(GitRequest, request), homedir(), process.env);
      default:
        throw invalid(`There is nothing of the kind ${JSON.stringify(kind)} to ask for.`);
    }
  } catch (error) {
    return { error: problemOf(error) };
  }
}

async function plan(request: PlanRequest): Promise<Plan> {
  const home = homedir();
  const { repository } = request;
  if (repository !== undefined) {
    const signal = AbortSignal.timeout(PLAN_MS);
    return makeGitPlan({ ...request, repository }, { home, environment: process.env, limits: DEFAULT_LIMITS, signal });
  }
  const patience = new Patience(PLAN_MS);
  const changes = readSince(home, request.since);
  const forbidden = await refusal(checkPublishable(request, home, request.publishablePaths));
  return makePlan(request, { home, limits: DEFAULT_LIMITS, patience, changes, forbidden });
}

async function refusal(check: Promise<void>): Promise<Problem | null> {
  return check.then(
    () => null,
    (error: unknown) => problemOf(error)
  );
}

function parsed(text: string): Record<string, unknown> {
  try {
    const request: unknown = JSON.parse(text);
    if (typeof request === 'object' && request !== null) {
      return { ...request };
    }
  } catch {
    // Told below.
  }
  throw invalid('The request is no JSON object.');
}

function checked<S extends TSchema>(schema: S, request: unknown): Static<S> {
  if (Value.Check(schema, request)) {
    return request;
  }
  const [first] = Value.Errors(schema, request);
  throw invalid(`The request is not valid: ${first?.instancePath || 'it'} ${first?.message ?? 'does not fit'}.`);
}

function invalid(message: string): ProblemError {
  return new ProblemError('invalid_request', message, {
    fix: 'Reload the page and restart your server, so that both are of one version.'
  });
}
