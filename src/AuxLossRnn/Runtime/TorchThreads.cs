using TorchSharp;

namespace AuxLossRnn.Runtime;

/// <summary>How many threads libtorch computes with.</summary>
/// <remarks>
/// A thread that has computed before keeps the count it began with, so choose before the first computation.
/// </remarks>
public static class TorchThreads
{
    /// <summary>The processors this process may use: affinity masks and container limits count.</summary>
    public static int Available => Environment.ProcessorCount;

    /// <summary>How many threads libtorch computes with now.</summary>
    public static int Count => torch.get_num_threads();

    /// <summary>Sets the number of threads.</summary>
    /// <param name="count">From 1 to <see cref="Available"/>; null for all of them.</param>
    /// <returns>The number chosen.</returns>
    /// <exception cref="UserException">The number is outside that range.</exception>
    public static int Use(int? count = null)
    {
        int chosen = Choose(count);
        torch.set_num_threads(chosen);
        return chosen;
    }

    /// <summary>Checks a number of threads, which another process is to use.</summary>
    /// <param name="count">From 1 to <see cref="Available"/>; null for all of them.</param>
    /// <returns>The number chosen.</returns>
    /// <exception cref="UserException">The number is outside that range.</exception>
    public static int Choose(int? count)
    {
        int chosen = count ?? Available;
        if (chosen < 1 || chosen > Available)
        {
            throw new UserException(
                $"{chosen} threads cannot be used: this process may use {Available} processor(s), and more threads than "
                + $"processors wait for one another. Choose a number from 1 to {Available}, or none for all of them.");
        }

        return chosen;
    }
}
