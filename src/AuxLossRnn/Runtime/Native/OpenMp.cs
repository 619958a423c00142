namespace AuxLossRnn.Runtime.Native;

/// <summary>How libtorch's threads wait for one another.</summary>
public static class OpenMp
{
    /// <summary>The spin count set where the user has set none.</summary>
    public const string DefaultSpinCount = "1000";

    /// <summary>What decided how threads wait, for <c>auxloss doctor</c>.</summary>
    public static string Waiting { get; private set; } = "the platform's default";

    /// <summary>Lets a waiting thread spin only briefly, before libgomp reads its environment.</summary>
    /// <remarks>
    /// With libgomp's default spinning, one other busy process makes a training step 20 to 50 times slower, because
    /// the spinning threads take the core that the thread waited for needs. About 1,000 spins are as fast on an idle
    /// machine and lose little beside company. A value that the user has set wins.
    /// </remarks>
    internal static void ShortenSpin()
    {
        foreach (string name in new[] { "GOMP_SPINCOUNT", "OMP_WAIT_POLICY" })
        {
            if (Environment.GetEnvironmentVariable(name) is { Length: > 0 } value)
            {
                Waiting = $"{name}={value} (set by the user)";
                return;
            }
        }

        if (OperatingSystem.IsLinux())
        {
            // .NET keeps its own copy of the environment, which native code never sees: only setenv reaches libgomp.
            _ = NativeEnvironment.SetDefault("GOMP_SPINCOUNT", DefaultSpinCount);
            Waiting = $"GOMP_SPINCOUNT={DefaultSpinCount} (set by the kit)";
        }
    }
}
