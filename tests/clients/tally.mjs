// Counts what passed, prints each by name, and closes with the line that scripts read.
export class Tally {
  passed = 0;
  failed = 0;

  add(name, good, reason = '') {
    if (good) this.passed += 1;
    else this.failed += 1;
    console.log(good ? `ok      ${name}` : `FAILED  ${name}: ${reason}`);
  }

  // Runs a check; what it throws is the reason of its failure.
  async check(name, body) {
    try {
      await body();
      this.add(name, true);
    } catch (error) {
      this.add(name, false, error?.message ?? String(error));
    }
  }

  close() {
    console.log(`${this.passed} passed, ${this.failed} failed`);
    process.exitCode = this.failed === 0 && this.passed > 0 ? 0 : 1;
  }
}
