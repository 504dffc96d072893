// shims.mjs - what gitlab-ci-local needs of a newer Node.js than Debian's.
Set.prototype.union ??= function (other) {
  return new Set([...this, ...other]);
};
