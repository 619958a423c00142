using System.Diagnostics;

namespace AuxLossRnn.Tests;

/// <summary>Waits for what other processes bring about.</summary>
internal static class Poll
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    /// <summary>Looks until a condition holds.</summary>
    /// <param name="condition">The condition.</param>
    /// <param name="what">What it says, in a sentence, for the failure.</param>
    /// <param name="more">What else is worth knowing where it never holds.</param>
    internal static void Until(Func<bool> condition, string what, Func<string>? more = null)
    {
        var watch = Stopwatch.StartNew();
        while (!condition())
        {
            if (watch.Elapsed > Limit)
            {
                Assert.Fail($"It never came about that {what}, within {Limit}. {more?.Invoke()}");
            }

            Thread.Sleep(50);
        }
    }
}
