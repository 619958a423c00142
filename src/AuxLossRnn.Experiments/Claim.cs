namespace AuxLossRnn.Experiments;

/// <summary>The claims of a notebook, checked in its last cell.</summary>
public static class Claim
{
    /// <summary>Prints that a claim holds, or stops the notebook.</summary>
    /// <param name="holds">Whether it does.</param>
    /// <param name="claim">The claim.</param>
    /// <exception cref="InvalidOperationException">It does not.</exception>
    public static void Check(bool holds, string claim)
    {
        if (!holds)
        {
            throw new InvalidOperationException($"does not hold: {claim}");
        }

        Console.WriteLine($"holds: {claim}");
    }

    /// <summary>Checks that each run was trained and tested.</summary>
    /// <param name="runs">The runs by their names.</param>
    /// <exception cref="InvalidOperationException">One was not.</exception>
    public static void Trained(IEnumerable<KeyValuePair<string, MeasuredResult>> runs)
    {
        ArgumentNullException.ThrowIfNull(runs);
        foreach ((string name, MeasuredResult run) in runs)
        {
            Check(run.Summary.Steps > 0 && run.Summary.LastTest is not null, $"{name} was trained and tested");
        }
    }
}
