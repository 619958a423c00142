using System.Runtime.ExceptionServices;
using TorchSharp;

namespace AuxLossRnn.Kernels;

/// <summary>How work is divided between cores.</summary>
internal static class Slices
{
    /// <summary>Slices on this thread, where libtorch's threads are not to decide: their number cannot change once it has computed.</summary>
    [field: ThreadStatic]
    internal static int? Wanted { get; set; }

    /// <summary>Parts of nearly equal size, as many as libtorch has threads, but none below a unit.</summary>
    /// <param name="count">What is divided.</param>
    /// <param name="unit">The unit: parts but the last are multiples of it.</param>
    public static IEnumerable<(int First, int Count)> Of(int count, int unit)
    {
        int units = (count + unit - 1) / unit, parts = Math.Clamp(Wanted ?? torch.get_num_threads(), 1, units);
        for (int part = 0; part < parts; part++)
        {
            int from = units * part / parts * unit, to = Math.Min(count, units * (part + 1) / parts * unit);
            yield return (from, to - from);
        }
    }

    /// <summary>Does each part once, one of them on this thread.</summary>
    /// <param name="parts">The number of parts.</param>
    /// <param name="work">Does a part.</param>
    public static void Run(int parts, Action<int> work)
    {
        if (parts == 1)
        {
            work(0);
        }
        else
        {
            try
            {
                Parallel.For(0, parts, new ParallelOptions { MaxDegreeOfParallelism = parts }, work);
            }
            catch (AggregateException error)
            {
                // What went wrong, not that something did: the same error as from one part.
                ExceptionDispatchInfo.Throw(error.InnerExceptions[0]);
            }
        }
    }
}
