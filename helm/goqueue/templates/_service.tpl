{{/* (root, component, values): the Service of a component that is served by HTTP. */}}
{{- define "goqueue.service" -}}
apiVersion: v1
kind: Service
metadata:
  {{- include "goqueue.metadata" (dict "root" .root "component" .component "annotations" .values.service.annotations) | nindent 2 }}
spec:
  type: {{ .values.service.type }}
  ports:
    - name: http
      port: {{ .values.service.port }}
      targetPort: http
      protocol: TCP
  selector:
    {{- include "goqueue.selector" . | nindent 4 }}
{{- end -}}
