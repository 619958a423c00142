using System.Runtime.CompilerServices;

namespace AuxLossRnn.Kernels;

/// <summary>The gated recurrent unit, as <c>torch.nn.GRU</c> computes it.</summary>
/// <remarks>
/// <code>
/// r, z = σ(·)   m = W_n h + b_hn   n = tanh(W_n x + b_in + r ∘ m)   h' = (1 − z) ∘ n + z ∘ h
/// </code>
/// Of its four products r and z are of both x and h, n's is of x alone and m of h alone.
/// </remarks>
/// <typeparam name="T">float or double.</typeparam>
/// <typeparam name="TRegister">The register.</typeparam>
internal readonly unsafe struct GruCell<T, TRegister> : ICell<T>
    where T : unmanaged
    where TRegister : struct, IRegister<TRegister, T>
{
    /// <inheritdoc/>
    public static int[] InputBlocks => [0, 1, 2, -1];

    /// <inheritdoc/>
    public static int[] HiddenBlocks => [0, 1, -1, 2];

    /// <inheritdoc/>
    public static bool HasCell => false;

    /// <inheritdoc/>
    public static bool KeepsProducts => true;

    /// <inheritdoc/>
    public static bool PassesHidden => true;

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
                TRegister r = Lanes.Sigmoid<T, TRegister>(TRegister.Load(at));
                TRegister z = Lanes.Sigmoid<T, TRegister>(TRegister.Load(at + chunk));
                TRegister m = TRegister.Load(at + 3 * chunk);
                TRegister n = Lanes.Tanh<T, TRegister>(TRegister.MultiplyAdd(r, m, TRegister.Load(at + 2 * chunk)));
                r.Store(at);
                z.Store(at + chunk);
                n.Store(at + 2 * chunk);

                // h' = n + z ∘ (h − n)
                TRegister.MultiplyAdd(z, TRegister.Load(states.Hidden + state) - n, n).Store(states.NextHidden + state);
            }
        }
    }

    /// <inheritdoc/>
    /// <remarks>
    /// <code>
    /// dz = dh ∘ (h − n) ∘ z(1 − z)   dn = dh ∘ (1 − z) ∘ (1 − n²)   dm = dn ∘ r   dr = dn ∘ m ∘ r(1 − r)   dh ← dh ∘ z
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
            TRegister br = TRegister.Load(bias), bz = TRegister.Load(bias + v);
            TRegister bn = TRegister.Load(bias + 2 * v), bm = TRegister.Load(bias + 3 * v);
            for (int row = 0; row < rows; row++)
            {
                T* at = products + row * width + lane, to = dProducts + row * width + lane, gradient = dHidden + row * width + lane;
                TRegister r = TRegister.Load(at), z = TRegister.Load(at + chunk);
                TRegister n = TRegister.Load(at + 2 * chunk), m = TRegister.Load(at + 3 * chunk);
                TRegister h = TRegister.Load(states.Hidden + (long)row * states.Stride + lane);
                TRegister dh = TRegister.Load(gradient);
                TRegister dz = dh * (h - n) * (z * (one - z));
                TRegister dn = dh * (one - z) * (one - n * n);
                TRegister dm = dn * r;
                TRegister dr = dn * m * (r * (one - r));
                (dh * z).Store(gradient);
                dr.Store(to);
                dz.Store(to + dChunk);
                dn.Store(to + 2 * dChunk);
                dm.Store(to + 3 * dChunk);
                br += dr;
                bz += dz;
                bn += dn;
                bm += dm;
            }

            br.Store(bias);
            bz.Store(bias + v);
            bn.Store(bias + 2 * v);
            bm.Store(bias + 3 * v);
        }
    }
}
