using System.Runtime.CompilerServices;

namespace AuxLossRnn.Kernels;

/// <summary>Long short-term memory, as <c>torch.nn.LSTM</c> computes it.</summary>
/// <remarks>
/// <code>
/// i, f, o = σ(·)   g = tanh(·)   c' = f ∘ c + i ∘ g   h' = o ∘ tanh c'
/// </code>
/// </remarks>
/// <typeparam name="T">float or double.</typeparam>
/// <typeparam name="TRegister">The register.</typeparam>
internal readonly unsafe struct LstmCell<T, TRegister> : ICell<T>
    where T : unmanaged
    where TRegister : struct, IRegister<TRegister, T>
{
    /// <inheritdoc/>
    public static int[] InputBlocks => [0, 1, 2, 3];

    /// <inheritdoc/>
    public static int[] HiddenBlocks => [0, 1, 2, 3];

    /// <inheritdoc/>
    public static bool HasCell => true;

    /// <inheritdoc/>
    public static bool KeepsProducts => true;

    /// <inheritdoc/>
    public static bool PassesHidden => false;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Activate(T* products, long chunk, CellStates<T> states, int rows)
    {
        int width = Panels.Width<T>();
        for (int row = 0; row < rows; row++)
        {
            for (int lane = 0; lane < Lanes.Count<T>(); lane += TRegister.Count)
            {
                T* at = products + row * width + lane;
                long state = (long)row * states.Stride + lane;
                TRegister i = Lanes.Sigmoid<T, TRegister>(TRegister.Load(at));
                TRegister f = Lanes.Sigmoid<T, TRegister>(TRegister.Load(at + chunk));
                TRegister g = Lanes.Tanh<T, TRegister>(TRegister.Load(at + 2 * chunk));
                TRegister o = Lanes.Sigmoid<T, TRegister>(TRegister.Load(at + 3 * chunk));
                TRegister c = TRegister.MultiplyAdd(f, TRegister.Load(states.Cell + state), i * g);
                i.Store(at);
                f.Store(at + chunk);
                g.Store(at + 2 * chunk);
                o.Store(at + 3 * chunk);
                c.Store(states.NextCell + state);
            }
        }

        // A loop of its own: behind c, it would wait for it in each round, longer than the processor looks ahead.
        for (int row = 0; row < rows; row++)
        {
            for (int lane = 0; lane < Lanes.Count<T>(); lane += TRegister.Count)
            {
                long state = (long)row * states.Stride + lane;
                TRegister o = TRegister.Load(products + row * width + lane + 3 * chunk);
                (o * Lanes.Tanh<T, TRegister>(TRegister.Load(states.NextCell + state))).Store(states.NextHidden + state);
            }
        }
    }

    /// <inheritdoc/>
    /// <remarks>
    /// <code>
    /// dc += dh ∘ o ∘ (1 − tanh² c')
    /// di = dc ∘ g ∘ i(1 − i)   df = dc ∘ c ∘ f(1 − f)   dg = dc ∘ i ∘ (1 − g²)   do = dh ∘ tanh c' ∘ o(1 − o)   dc ← dc ∘ f
    /// </code>
    /// </remarks>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Differentiate(
        T* products, long chunk, CellStates<T> states, T* dHidden, T* dCell, T* dProducts, long dChunk, T* dBias, int rows)
    {
        int v = Lanes.Count<T>(), width = Panels.Width<T>();
        TRegister one = TRegister.All(Lanes.Scalar<T>(1));
        for (int lane = 0; lane < v; lane += TRegister.Count)
        {
            T* bias = dBias + lane;
            TRegister bi = TRegister.Load(bias), bf = TRegister.Load(bias + v);
            TRegister bg = TRegister.Load(bias + 2 * v), bo = TRegister.Load(bias + 3 * v);
            for (int row = 0; row < rows; row++)
            {
                T* at = products + row * width + lane, to = dProducts + row * width + lane;
                long state = (long)row * states.Stride + lane;
                TRegister i = TRegister.Load(at), f = TRegister.Load(at + chunk);
                TRegister g = TRegister.Load(at + 2 * chunk), o = TRegister.Load(at + 3 * chunk);
                TRegister tanh = Lanes.Tanh<T, TRegister>(TRegister.Load(states.NextCell + state));
                TRegister dh = TRegister.Load(dHidden + row * width + lane);
                TRegister dc = TRegister.MultiplyAdd(dh * o, one - tanh * tanh, TRegister.Load(dCell + state));
                TRegister di = dc * g * (i * (one - i));
                TRegister df = dc * TRegister.Load(states.Cell + state) * (f * (one - f));
                TRegister dg = dc * i * (one - g * g);
                TRegister dO = dh * tanh * (o * (one - o));
                (dc * f).Store(dCell + state);
                di.Store(to);
                df.Store(to + dChunk);
                dg.Store(to + 2 * dChunk);
                dO.Store(to + 3 * dChunk);
                bi += di;
                bf += df;
                bg += dg;
                bo += dO;
            }

            bi.Store(bias);
            bf.Store(bias + v);
            bg.Store(bias + 2 * v);
            bo.Store(bias + 3 * v);
        }
    }
}
