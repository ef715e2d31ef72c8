{{/* Environment variables of our processes, and the Secrets that hold them. */}}

{{- define "goqueue.secret" -}}
{{- include "goqueue.fullname" . -}}
{{- end -}}

{{/* (root, own): where the URL of PostgreSQL is; own: {existingSecret, existingSecretKey} of who has another. */}}
{{- define "goqueue.databaseSecret" -}}
{{- if dig "existingSecret" "" (default (dict) .own) -}}
name: {{ .own.existingSecret | quote }}
key: {{ .own.existingSecretKey | quote }}
{{- else -}}
{{ include "goqueue.usualDatabaseSecret" .root }}
{{- end -}}
{{- end -}}

{{- define "goqueue.usualDatabaseSecret" -}}
{{- if and .Values.postgresql.existingSecret (not .Values.postgresql.bundled.enabled) -}}
name: {{ .Values.postgresql.existingSecret | quote }}
key: {{ .Values.postgresql.existingSecretKey | quote }}
{{- else -}}
name: {{ include "goqueue.secret" . | quote }}
key: database-url
{{- end -}}
{{- end -}}

{{- define "goqueue.redisSecret" -}}
{{- if and .Values.redis.existingSecret (not .Values.redis.bundled.enabled) -}}
name: {{ .Values.redis.existingSecret | quote }}
key: {{ .Values.redis.existingSecretKey | quote }}
{{- else -}}
name: {{ include "goqueue.secret" . | quote }}
key: redis-url
{{- end -}}
{{- end -}}

{{- define "goqueue.bootstrapKeySecret" -}}
name: {{ .Values.auth.existingSecret | default (include "goqueue.secret" .) | quote }}
key: {{ ternary .Values.auth.existingSecretKey "bootstrap-key" (ne .Values.auth.existingSecret "") | quote }}
{{- end -}}

{{/* (root, own: {existingSecret, existingSecretKey}): where a client's key is. */}}
{{- define "goqueue.apiKeySecret" -}}
{{- if .own.existingSecret -}}
name: {{ .own.existingSecret | quote }}
key: {{ .own.existingSecretKey | quote }}
{{- else -}}
{{ include "goqueue.bootstrapKeySecret" .root }}
{{- end -}}
{{- end -}}

{{/* Whether this chart makes a Secret at all. */}}
{{- define "goqueue.ownsSecret" -}}
{{- $postgresql := or .Values.postgresql.bundled.enabled (not .Values.postgresql.existingSecret) -}}
{{- $redis := or .Values.redis.bundled.enabled (not .Values.redis.existingSecret) -}}
{{- $key := and (eq .Values.auth.mode "keys") (not .Values.auth.existingSecret) -}}
{{- if or $postgresql $redis $key }}true{{ end -}}
{{- end -}}

{{/* What is said in values of what is in the Secret: pods are replaced when it changes. */}}
{{- define "goqueue.secretChecksum" -}}
{{- $said := list .Values.auth -}}
{{- range list .Values.postgresql .Values.redis -}}
{{- $said = concat $said (list (omit . "bundled") .bundled.enabled) -}}
{{- end -}}
{{- $said | toJson | sha256sum -}}
{{- end -}}

{{/* (root, own): see goqueue.databaseSecret. */}}
{{- define "goqueue.env.database" -}}
- name: DATABASE_URL
  valueFrom:
    secretKeyRef:
      {{- include "goqueue.databaseSecret" . | nindent 6 }}
{{- end -}}

{{- define "goqueue.env.redis" -}}
- name: REDIS_URL
  valueFrom:
    secretKeyRef:
      {{- include "goqueue.redisSecret" . | nindent 6 }}
{{- end -}}

{{/* What every service reads. */}}
{{- define "goqueue.env.service" -}}
{{ include "goqueue.env.redis" . }}
- name: GOQUEUE_PREFIX
  value: {{ .Values.config.prefix | quote }}
- name: GOQUEUE_LOG_LEVEL
  value: {{ .Values.config.logLevel | quote }}
- name: GOQUEUE_LOG_FORMAT
  value: json
{{- with .Values.config.redact }}
- name: GOQUEUE_REDACT
  value: {{ join "," . | quote }}
{{- end }}
{{- end -}}

{{/* (root, own): the SDK's address and key. */}}
{{- define "goqueue.env.client" -}}
- name: API_URL
  value: {{ include "goqueue.apiUrl" .root }}
{{- if eq .root.Values.auth.mode "keys" }}
- name: GOQUEUE_API_KEY
  valueFrom:
    secretKeyRef:
      {{- include "goqueue.apiKeySecret" . | nindent 6 }}
{{- end }}
{{- end -}}

{{/*
(root, values, env): what all processes are told, `env` as YAML, and what the component's values add; of two with one name the
later, since Kubernetes refuses both. So what is said for all replaces nothing of ours, such as the migrations' own URL.
*/}}
{{- define "goqueue.env" -}}
{{- $names := dict -}}
{{- $found := list -}}
{{- range concat (default (list) .root.Values.extraEnv) (.env | fromYamlArray) (default (list) .values.extraEnv) | reverse -}}
{{- if not (hasKey $names .name) -}}
{{- $_ := set $names .name true -}}
{{- $found = prepend $found . -}}
{{- end -}}
{{- end -}}
{{- toYaml $found -}}
{{- end -}}
