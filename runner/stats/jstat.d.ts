/** The part of jstat that is used; the package brings no types. */
declare module 'jstat' {
	interface Distributions {
		/** Probability of `x` successes in `draws` draws from `total` of which `good` are successes. */
		readonly hypgeom: { pdf(x: number, total: number, good: number, draws: number): number };
		readonly beta: { inv(p: number, alpha: number, beta: number): number };
		readonly normal: { cdf(x: number, mean: number, deviation: number): number };
		gammaln(x: number): number;
	}
	const jstat: { readonly jStat: Distributions };
	export default jstat;
}
