namespace AuxLossRnn.Kernels;

/// <summary>What makes one recurrent network of the products <c>W_x x + W_h h + b</c>, and its gradients.</summary>
/// <remarks>
/// The products come in groups of four chunks of V columns, <c>[4, rows, V]</c> with AVX2 and Advanced SIMD and <c>[rows, 4, V]</c> with AVX-512.
/// A network with four products a unit has the four of V units in a group, one with a single product has 4V units in it.
/// </remarks>
/// <typeparam name="T">float or double.</typeparam>
internal unsafe interface ICell<T>
    where T : unmanaged
{
    /// <summary>For each product of a unit, the block of rows of W_x that makes it; −1 for none.</summary>
    static abstract int[] InputBlocks { get; }

    /// <summary>The same of W_h.</summary>
    static abstract int[] HiddenBlocks { get; }

    /// <summary>Whether there is a second state, which no product reads.</summary>
    static abstract bool HasCell { get; }

    /// <summary>Whether the backward pass reads what <see cref="Activate"/> left in place of the products.</summary>
    static abstract bool KeepsProducts { get; }

    /// <summary>Whether <see cref="Differentiate"/> leaves a gradient of h before the step in place of that of h after it.</summary>
    static abstract bool PassesHidden { get; }

    /// <summary>The state after a step for one group of products.</summary>
    /// <param name="products">The products; takes what the backward pass needs of them.</param>
    /// <param name="chunk">The elements between two chunks.</param>
    /// <param name="states">The states' columns of the group.</param>
    /// <param name="rows">The rows.</param>
    static abstract void Activate(T* products, long chunk, CellStates<T> states, int rows);

    /// <summary>The gradients of one group of products, and of the state before the step as far as it does not come through them.</summary>
    /// <param name="products">What <see cref="Activate"/> left.</param>
    /// <param name="chunk">The elements between two of its chunks, and of dh's.</param>
    /// <param name="states">The states' columns of the group.</param>
    /// <param name="dHidden">The gradient of h after the step, in panels.</param>
    /// <param name="dCell">The gradient of c after the step on the way in, before it on the way out; rows as those of the states.</param>
    /// <param name="dProducts">Takes the products' gradients.</param>
    /// <param name="dChunk">The elements between two of their chunks.</param>
    /// <param name="dBias">Has the rows' gradients added, four chunks.</param>
    /// <param name="rows">The rows.</param>
    static abstract void Differentiate(
        T* products, long chunk, CellStates<T> states, T* dHidden, T* dCell, T* dProducts, long dChunk, T* dBias, int rows);
}

/// <summary>The states before and after a step, from a group's first unit on.</summary>
/// <param name="hidden">h before the step.</param>
/// <param name="nextHidden">h after it.</param>
/// <param name="cell">c before it; unused where there is none.</param>
/// <param name="nextCell">c after it.</param>
/// <param name="stride">The elements between two rows.</param>
/// <typeparam name="T">float or double.</typeparam>
internal readonly unsafe struct CellStates<T>(T* hidden, T* nextHidden, T* cell, T* nextCell, int stride)
    where T : unmanaged
{
    public readonly T* Hidden = hidden, NextHidden = nextHidden, Cell = cell, NextCell = nextCell;

    public readonly int Stride = stride;
}
