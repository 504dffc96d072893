"""pod_security.py - the Pod Security profile "restricted" (kubernetes.io, Pod
Security Standards), as a list of rules over the spec of a pod."""

VOLUMES = {"configMap", "csi", "downwardAPI", "emptyDir", "ephemeral",
           "persistentVolumeClaim", "projected", "secret"}
SECCOMP = ("RuntimeDefault", "Localhost")


def containers_of(pod):
    return [container for kind in ("initContainers", "containers",
                                   "ephemeralContainers")
            for container in pod.get(kind, [])]


def settings(pod, container, *path):
    """A setting of the container, or else of its pod."""
    for owner in (container, pod):
        value = owner.get("securityContext", {})
        for key in path:
            value = value.get(key) if isinstance(value, dict) else None
        if value is not None:
            return value
    return None


def find_in_pod(pod):
    context = pod.get("securityContext", {})
    for name in ("hostNetwork", "hostPID", "hostIPC"):
        if pod.get(name):
            yield f"{name} is true"
    for volume in pod.get("volumes", []):
        if not VOLUMES & set(volume):
            yield f"the volume {volume['name']} is of a forbidden type"
    for name in ("sysctls", "seLinuxOptions", "windowsOptions",
                 "appArmorProfile"):
        if name in context:
            yield f"{name} is set"


def find_in_container(pod, container):
    context = container.get("securityContext", {})
    capabilities = context.get("capabilities", {})
    if context.get("privileged"):
        yield "privileged is true"
    if context.get("allowPrivilegeEscalation") is not False:
        yield "allowPrivilegeEscalation is not false"
    if settings(pod, container, "runAsNonRoot") is not True:
        yield "runAsNonRoot is not true"
    if settings(pod, container, "runAsUser") == 0:
        yield "runAsUser is 0"
    if settings(pod, container, "seccompProfile", "type") not in SECCOMP:
        yield "seccompProfile is neither RuntimeDefault nor Localhost"
    if capabilities.get("drop") != ["ALL"]:
        yield "not all capabilities are dropped"
    if set(capabilities.get("add", [])) - {"NET_BIND_SERVICE"}:
        yield "a capability is added"
    if context.get("procMount", "Default") != "Default":
        yield "procMount is not Default"
    if any(port.get("hostPort") for port in container.get("ports", [])):
        yield "a hostPort is set"
    for name in ("seLinuxOptions", "windowsOptions", "appArmorProfile"):
        if name in context:
            yield f"{name} is set"


def find_violations(pod):
    found = list(find_in_pod(pod))
    for container in containers_of(pod):
        found += [f"{container.get('name')}: {violation}"
                  for violation in find_in_container(pod, container)]
    return found if containers_of(pod) else ["no container"]
