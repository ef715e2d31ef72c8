import { computed, ref, shallowRef, watch, type Ref } from 'vue'
import type { Handler } from '@/api/handlers'
import type { Job } from '@/api/job'
import { apiAddress, type Submit } from '@/api/submit'
import { parseJson, readJson, type Json, type JsonObject } from '@/lib/lossless'
import { payloadField, type Field } from '@/lib/schema-fields'
import {
  draftOf,
  shownPointers,
  startDraft,
  writePayload,
  PAYLOAD,
  type Draft,
  type Wrong,
} from '@/lib/schema-form'
import { NO_OPTIONS, OPTION_POINTERS, changesOf, optionsOf, writeOptions } from '@/lib/submit-options'
import { usePreferences } from './usePreferences'

/**
 * A submit that is being written: the payload in a form or as text, the options, and the request they make.
 * source: the job it is taken from; undefined: a new one.
 */
export function useSubmitForm(
  type: Ref<string>,
  handler: Ref<Handler | undefined>,
  source: Ref<Job | undefined>,
) {
  const preferences = usePreferences()
  const field = shallowRef<Field>(payloadField(null))
  const draft = shallowRef<Draft | undefined>(startDraft(field.value))
  const options = ref({ ...NO_OPTIONS })
  const tab = ref<'form' | 'json'>('form')
  const typed = ref('')
  const written = computed(() => writePayload(field.value, draft.value))

  const textNow = () => (tab.value === 'json' ? typed.value : written.value.text)
  const draftFrom = (text: string): Draft => {
    const { value } = parseJson(text)
    return value === undefined ? { as: 'json', text } : draftOf(field.value, value)
  }

  /** Another schema shows what was written, another type begins anew. */
  function takeSchema(isKept: boolean) {
    const text = textNow()
    field.value = payloadField(newest.value?.schema ?? null)
    draft.value = isKept ? draftFrom(text) : startDraft(field.value)
    if (!isKept) typed.value = written.value.text
  }

  const newest = computed(
    () => handler.value?.versions.toSorted((one, other) => other.live_workers - one.live_workers)[0],
  )
  watch([type, () => newest.value?.fingerprint], ([now], [before]) =>
    takeSchema(now === before && isTouched()),
  )
  const isTouched = () => writePayload(field.value, startDraft(field.value)).text !== textNow()

  watch(
    // Its later states are no reason to begin anew.
    () => source.value?.id,
    () => {
      const job = source.value
      if (!job) {
        options.value = { ...NO_OPTIONS }
        return
      }
      options.value = optionsOf(job)
      field.value = payloadField(newest.value?.schema ?? null)
      draft.value = draftOf(field.value, job.payload as Json)
      typed.value = written.value.text
    },
    { immediate: true },
  )

  /** What was typed as text goes into the form, if it was changed there, and the other way. */
  watch(
    tab,
    (now) => {
      if (now === 'json') typed.value = written.value.text
      else if (typed.value !== written.value.text) draft.value = draftFrom(typed.value)
    },
    { flush: 'sync' },
  )

  const payload = computed((): { value?: Json; broken: Wrong[] } => {
    const { text, broken } = tab.value === 'form' ? written.value : { text: typed.value, broken: [] }
    const { value, problem } = parseJson(text)
    if (broken.length > 0) return { broken }
    if (!problem) return { value, broken: [] }
    return { broken: [{ pointer: PAYLOAD, detail: `is no JSON: ${problem.message} (line ${problem.line})` }] }
  })
  const said = computed(() => writeOptions(options.value, preferences.value.isUtc))
  const broken = computed((): Wrong[] => [
    ...(type.value === '' ? [{ pointer: '/type', detail: 'choose a type' }] : []),
    ...payload.value.broken,
    ...said.value.broken,
  ])

  const before = computed(() => source.value && bodyOf(source.value))
  const isRerun = computed(() => source.value?.finished_at != null)
  const request = computed((): Submit => {
    const whole: JsonObject = { type: type.value, payload: payload.value.value ?? {}, ...said.value.members }
    const key = options.value.idempotencyKey
    return {
      body: isRerun.value && before.value ? changesOf(before.value, whole) : whole,
      ...(isRerun.value && source.value ? { rerunOf: source.value.id } : {}),
      ...(key === '' ? {} : { idempotencyKey: key }),
    }
  })
  /** Whether a rerun differs from its job. */
  const isChanged = computed(() => !isRerun.value || Object.keys(request.value.body).length > 0)

  const pointers = computed(() => [
    '/type',
    ...(tab.value === 'form' ? shownPointers(field.value, draft.value) : [PAYLOAD]),
    ...Object.values(OPTION_POINTERS).flat(),
  ])

  return {
    newest,
    field,
    draft,
    options,
    tab,
    typed,
    broken,
    request,
    isRerun,
    isChanged,
    pointers,
    api: apiAddress(),
  }
}

/** A job as a submit would say it. */
function bodyOf({ type, payload, queue, priority, max_retries, timeout, tags }: Job): JsonObject {
  const plain = readJson(JSON.stringify({ type, queue, priority, max_retries, timeout, tags })) as JsonObject
  return { ...plain, payload: payload as Json }
}
