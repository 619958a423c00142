using AuxLossRnn.Runtime;

namespace AuxLossRnn.Cli;

/// <summary>What is measured at each length, and how much it may cost.</summary>
/// <param name="Batch">The batch size B.</param>
/// <param name="Steps">The steps whose median is taken.</param>
/// <param name="Mebibytes">The memory a step may use, above the loaded libraries.</param>
/// <param name="Seconds">What all steps of one length may take.</param>
/// <param name="Threads">The threads that compute; null for all cores.</param>
internal sealed record MeasureCaps(int Batch, int Steps, int Mebibytes, int Seconds, int? Threads)
{
    private const int MostSteps = 1000; // a median of more is no better

    /// <summary>Checks the numbers before a process is started with them.</summary>
    /// <exception cref="UserException">One is out of its range.</exception>
    public void Throw()
    {
        foreach ((int value, string name) in new[] { (Batch, "--batch"), (Mebibytes, "--memory-cap"), (Seconds, "--time-cap") })
        {
            if (value < 1)
            {
                throw new UserException($"{name} is {value}, but must be a whole number above 0.");
            }
        }

        if (Steps is < 1 or > MostSteps)
        {
            throw new UserException($"--steps is {Steps}, but must be 1 to {MostSteps}: their median is taken.");
        }

        TorchThreads.Choose(Threads);
    }
}
