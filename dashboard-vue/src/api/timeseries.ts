import { useQuery } from '@tanstack/vue-query'
import { type MaybeRefOrGetter, computed, toValue } from 'vue'
import { type TimeWindow, resolveWindow } from '@/lib/time-window'
import { api, call } from './client'
import { steadyInterval } from './connection'
import type { components, paths } from './schema'

export type Timeseries = components['schemas']['Timeseries']
export type Metric = NonNullable<
  NonNullable<paths['/stats/timeseries']['get']['parameters']['query']>['metric']
>[number]

export interface TimeseriesRequest {
  metric: Metric[]
  queue?: string[]
  type?: string[]
  window: TimeWindow
}

const REFRESH_MILLISECONDS = 10_000

/** What happened in each step of the window; the last step goes on. */
export const useTimeseries = (request: MaybeRefOrGetter<TimeseriesRequest>) =>
  useQuery({
    queryKey: ['timeseries', computed(() => toValue(request))],
    queryFn: ({ signal }) => {
      const { metric, queue = [], type = [], window } = toValue(request)
      const { from, to } = resolveWindow(window, Date.now())
      const query = { metric, queue, type, from: from.toISOString(), to: to.toISOString() }
      return call(api.GET('/stats/timeseries', { params: { query }, signal }))
    },
    refetchInterval: steadyInterval(REFRESH_MILLISECONDS),
  })
