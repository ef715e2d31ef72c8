import { readonly, ref } from 'vue'

export interface Toast {
  id: number
  text: string
  isError: boolean
  link?: { label: string; to: string }
}

const SHOWN_MILLISECONDS = 6_000
const MOST_AT_ONCE = 4

const toasts = ref<Toast[]>([])
let lastId = 0

const drop = (id: number) => (toasts.value = toasts.value.filter((toast) => toast.id !== id))

function show(text: string, isError: boolean, link?: Toast['link']) {
  const id = ++lastId
  toasts.value = [...toasts.value, { id, text, isError, link }].slice(-MOST_AT_ONCE)
  // What went wrong stays until somebody has read it.
  if (!isError) setTimeout(() => drop(id), SHOWN_MILLISECONDS)
}

/** Results of what was done, in a sentence, seen and read out: `tell('12 jobs retried')`, `fail(error)`. */
export const useToasts = () => ({
  toasts: readonly(toasts),
  drop,
  tell: (text: string, link?: Toast['link']) => show(text, false, link),
  fail: (error: unknown) => show(error instanceof Error ? error.message : String(error), true),
})
