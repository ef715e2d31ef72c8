{{/* Ways in from outside of the cluster. */}}

{{/* (root, component, values): an Ingress, where values.ingress asks for one. */}}
{{- define "goqueue.ingress" -}}
{{- $name := include "goqueue.name" . }}
{{- with .values.ingress }}
{{- if .enabled }}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  {{- include "goqueue.metadata" (dict "root" $.root "component" $.component "annotations" .annotations) | nindent 2 }}
spec:
  {{- with .className }}
  ingressClassName: {{ . | quote }}
  {{- end }}
  {{- with .tlsSecret }}
  tls:
    - secretName: {{ . | quote }}
      hosts:
        - {{ $.values.ingress.host | quote }}
  {{- end }}
  rules:
    - host: {{ .host | quote }}
      http:
        paths:
          - path: /
            pathType: Prefix
            backend:
              service:
                name: {{ $name | quote }}
                port:
                  name: http
{{- end }}
{{- end }}
{{- end -}}

{{/* (root, component, values): an HTTPRoute, where values.httpRoute asks for one. */}}
{{- define "goqueue.httpRoute" -}}
{{- $name := include "goqueue.name" . }}
{{- with .values.httpRoute }}
{{- if .enabled }}
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata:
  {{- include "goqueue.metadata" (dict "root" $.root "component" $.component "annotations" .annotations) | nindent 2 }}
spec:
  parentRefs:
    {{- toYaml .parentRefs | nindent 4 }}
  {{- with .hostnames }}
  hostnames:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  rules:
    - matches:
        - path:
            type: PathPrefix
            value: /
      # Streams of live events last for as long as somebody looks.
      timeouts:
        request: 0s
      backendRefs:
        - name: {{ $name | quote }}
          port: {{ $.values.service.port }}
{{- end }}
{{- end }}
{{- end -}}
