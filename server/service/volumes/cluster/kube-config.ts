// A file of its own in the package, as large as most of the service: only services that clone volumes load it.
export { KubeConfig } from '@kubernetes/client-node';
