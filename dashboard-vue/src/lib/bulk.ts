import type { components } from '@/api/schema'
import { formatCapped, plural } from '@/lib/format'
import { type BulkFilter, type JobFilter, bulkFilter } from '@/lib/job-filter'
import { justAfter } from '@/lib/job-rows'
import type { IconName } from '@/lib/icons'

export type BulkOperation = components['schemas']['BulkOperation']
export type BulkAction = BulkOperation['action']
/** `set-priority` needs a priority, which nobody is asked for here. */
export type ChosenAction = Exclude<BulkAction, 'set-priority'>
/** Which jobs: these, or all that a filter names when the operation begins. */
export type BulkTarget = { ids: string[]; filter?: undefined } | { filter: BulkFilter; ids?: undefined }

interface ActionWords {
  verb: string
  running: string
  done: string
  icon: IconName
  chord: string
  isDangerous: boolean
  /** Which jobs it can change, for those that are left out. */
  only: string
}

export const BULK_ACTIONS: Record<BulkAction, ActionWords> = {
  retry: {
    verb: 'Retry',
    running: 'Retrying',
    done: 'retried',
    icon: 'retry',
    chord: 'r',
    isDangerous: false,
    only: 'Only jobs that are failed, cancelled or retrying are retried; completed ones when their status is named.',
  },
  cancel: {
    verb: 'Cancel',
    running: 'Cancelling',
    done: 'cancelled',
    icon: 'close',
    chord: 'z',
    isDangerous: true,
    only: 'Jobs that have ended cannot be cancelled.',
  },
  delete: {
    verb: 'Delete',
    running: 'Deleting',
    done: 'deleted',
    icon: 'trash',
    chord: 'd',
    isDangerous: true,
    only: 'Only jobs that are completed, failed or cancelled are deleted.',
  },
  'run-now': {
    verb: 'Run now',
    running: 'Starting',
    done: 'due now',
    icon: 'play',
    chord: 'n',
    isDangerous: false,
    only: 'Only jobs that are scheduled or retrying are run now.',
  },
  'set-priority': {
    verb: 'Set priority',
    running: 'Setting the priority of',
    done: 'given another priority',
    icon: 'queues',
    chord: '',
    isDangerous: false,
    only: 'Only jobs that are queued, scheduled or retrying have a priority to set.',
  },
}

export const CHOSEN_ACTIONS: readonly ChosenAction[] = ['retry', 'run-now', 'cancel', 'delete']

/** Whether it names nothing, which means every job there is. */
export const namesEveryJob = (target: BulkTarget) =>
  target.filter !== undefined && Object.keys(target.filter).length === 0

/**
 * What matches now, and nothing that comes later. newestAt: when the newest job that is shown was created; it counts
 * where this machine's clock is slow.
 */
export function frozenFilter(filter: JobFilter, now: number, newestAt: string | null): BulkFilter {
  const frozen = bulkFilter(filter, now)
  const last =
    newestAt !== null && Date.parse(newestAt) >= now ? justAfter(newestAt) : new Date(now).toISOString()
  const wanted = frozen.created_before
  // What is no time stays as it was asked for, to be refused.
  const isEarlier = wanted != null && !(Date.parse(wanted) >= Date.parse(last))
  return { ...frozen, created_before: isEarlier ? wanted : last }
}

/** `12 jobs`, `100K+ jobs`. */
export const jobsOf = (matched: { value: number; relation: string }) =>
  matched.relation === 'gte' ? `${formatCapped(matched)} jobs` : plural(matched.value, 'job')

export const matchedOf = (operation: Pick<BulkOperation, 'matched' | 'matched_is_capped'>) => ({
  value: operation.matched,
  relation: operation.matched_is_capped ? 'gte' : 'eq',
})

/** `Retrying 1,200 of 12.5K jobs`. */
export const progressSentence = (operation: BulkOperation) =>
  `${BULK_ACTIONS[operation.action].running} ${jobsOf(matchedOf(operation))}`

/** What came of it: `12 jobs retried, 3 skipped`. */
export function resultSentence(operation: BulkOperation): string {
  const { done } = BULK_ACTIONS[operation.action]
  const changed = `${plural(operation.changed, 'job')} ${done}`
  const skipped = operation.skipped > 0 ? `, ${plural(operation.skipped, 'job')} skipped` : ''
  if (operation.state === 'aborted') return `Aborted: ${changed}${skipped}`
  if (operation.state === 'failed') return `${operation.error ?? 'It failed'}: ${changed}${skipped}`
  return `${changed}${skipped}`
}
