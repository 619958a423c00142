using System.Runtime.CompilerServices;

namespace AuxLossRnn.Kernels;

/// <summary>Rectified linear units, as <c>torch.nn.RNN</c> computes them.</summary>
/// <remarks>
/// <code>
/// h' = max(0, ·)   d· = dh where h' > 0
/// </code>
/// </remarks>
/// <typeparam name="T">float or double.</typeparam>
/// <typeparam name="TRegister">The register.</typeparam>
internal readonly unsafe struct ReluCell<T, TRegister> : ICell<T>
    where T : unmanaged
    where TRegister : struct, IRegister<TRegister, T>
{
    // One product a unit: a group has four chunks of units.
    private const int Chunks = 4;

    /// <inheritdoc/>
    public static int[] InputBlocks => [0];

    /// <inheritdoc/>
    public static int[] HiddenBlocks => [0];

    /// <inheritdoc/>
    public static bool HasCell => false;

    /// <inheritdoc/>
    public static bool KeepsProducts => false;

    /// <inheritdoc/>
    public static bool PassesHidden => false;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Activate(T* products, long chunk, CellStates<T> states, int rows)
    {
        int v = Lanes.Count<T>(), width = Panels.Width<T>();
        for (int row = 0; row < rows; row++)
        {
            for (int i = 0; i < Chunks; i++)
            {
                for (int lane = 0; lane < v; lane += TRegister.Count)
                {
                    TRegister.Max(TRegister.All(default), TRegister.Load(products + i * chunk + row * width + lane))
                        .Store(states.NextHidden + (long)row * states.Stride + i * v + lane);
                }
            }
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Differentiate(
        T* products, long chunk, CellStates<T> states, T* dHidden, T* dCell, T* dProducts, long dChunk, T* dBias, int rows)
    {
        int v = Lanes.Count<T>(), width = Panels.Width<T>();
        for (int i = 0; i < Chunks; i++)
        {
            for (int lane = 0; lane < v; lane += TRegister.Count)
            {
                TRegister bias = TRegister.Load(dBias + i * v + lane);
                for (int row = 0; row < rows; row++)
                {
                    TRegister h = TRegister.Load(states.NextHidden + (long)row * states.Stride + i * v + lane);
                    TRegister d = TRegister.WherePositive(h, TRegister.Load(dHidden + i * chunk + row * width + lane));
                    d.Store(dProducts + i * dChunk + row * width + lane);
                    bias += d;
                }

                bias.Store(dBias + i * v + lane);
            }
        }
    }
}
