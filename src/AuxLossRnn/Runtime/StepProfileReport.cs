namespace AuxLossRnn.Runtime;

/// <summary>Where the time of training steps went: the content of <c>profile.json</c>.</summary>
/// <param name="Steps">The steps measured, without those of the warm-up.</param>
/// <param name="WarmUpSteps">The first steps, which are left out: they allocate memory and compile code.</param>
/// <param name="MedianMilliseconds">A whole step's time, the median; null if no step was measured.</param>
/// <param name="Parts">The parts of a step; empty if no step was measured.</param>
public sealed record StepProfileReport(
    int Steps, int WarmUpSteps, double? MedianMilliseconds, IReadOnlyList<StepPartTime> Parts);

/// <summary>The time of one part of a step.</summary>
/// <param name="Part">The part.</param>
/// <param name="MedianMilliseconds">Its time in a step, the median. Medians need not add up to that of the step.</param>
/// <param name="Share">Its part of the time of all measured steps, in [0, 1]. Shares add up to 1.</param>
public sealed record StepPartTime(StepPart Part, double MedianMilliseconds, double Share);
