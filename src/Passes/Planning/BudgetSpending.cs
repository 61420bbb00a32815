using SiDT.Passes.Analysis;

namespace SiDT.Passes.Planning;

/// <summary>
/// Meets a budget by removing, again and again, the units that are cheapest to lose for what they save.
/// <para>
/// What a step loses is the share of a dimension's remaining score that goes with it (so that scores of different dimensions compare,
/// and the last units of a dimension are dear), times what the whole dimension costs (a dimension that holds half of the model
/// matters more than one that holds a thousandth), times a weight for its kind. What it saves is exact and changes as other dimensions shrink.
/// With equal scores everywhere all dimensions of one kind shrink to the same fraction.
/// </para>
/// Savings only become smaller and losses larger, so a step's price never falls and a queue need only look again at its head (lazy greedy).
/// Latency falls in steps: there a step goes as far down as it is worth, over sizes that save nothing.
/// </summary>
internal sealed class BudgetSpending(CostState state, BudgetQuantity quantity, long before)
{
    /// <summary>A step that ends this much below the target (as a fraction of the original) is taken; one that ends lower waits for finer ones.</summary>
    private const double Slack = 0.003;

    // the residual stream is read by everything, and a head is a whole place to look at: both go last
    private const double EmbedWeight = 4, HeadsWeight = 2;

    private const double EmbedFloor = 0.25;

    /// <summary>Steps that are looked ahead where a step may save nothing.</summary>
    private const int FarthestLook = 9;

    /// <summary>A step is only widened for a price that is lower by this share.</summary>
    private const double Worthwhile = 0.02;

    private sealed class Account(RemovalOrder order, int floor, int align, double weight)
    {
        public RemovalOrder Order { get; } = order;

        public int Floor { get; } = floor;

        public int Align { get; set; } = align;

        public double Weight { get; } = weight;

        /// <summary>The kept count after the next step; the present one if there is none.</summary>
        public int Next => After(Order.Kept);

        /// <summary>The kept count a step below another one; the same if there is none.</summary>
        public int After(int kept) => Math.Min(kept, Math.Max(AlignedSizes.Above(Floor, Order.Dimension.Size, Align), AlignedSizes.Below(kept, Order.Dimension.Size, Align)));
    }

    /// <summary>Lowers the kept counts of <paramref name="open"/> until no more than <paramref name="target"/> is left, or as near to it as steps of one unit come.</summary>
    public void Run(IReadOnlyList<RemovalOrder> open, double target, PlanRequest request)
    {
        Account[] accounts = [.. open.Select(o => Open(o, request))];
        Descend(accounts, target, Slack * before);
        if (Left - target <= Slack * before)
            return;
        // whole multiples end too far off: single units for the rest, of one dimension after the other so that few lose their alignment
        foreach (Account account in accounts)
            account.Align = 1;
        foreach (Account account in accounts.OrderBy(a => NextOf(a) is var next && next < a.Order.Kept ? Price(a, next, Math.Max(1, Saved(a.Order, next))) : 0).ToArray())
            Descend([account], target, Slack * before);
        if (Left > target)
            Nearest(accounts, target);
    }

    private long Left => state.Cost.Of(quantity);

    private Account Open(RemovalOrder order, PlanRequest request)
    {
        Dimension dimension = order.Dimension;
        double ratio = request.Floor;
        if (dimension.Kind == DimensionKind.Embed && !request.Only.Any(p => DimensionPattern.Names(p, dimension)))
            ratio = Math.Max(ratio, EmbedFloor);
        int floor = Math.Clamp((int)Math.Ceiling((ratio * dimension.Size) - 1e-9), 1, dimension.Size);
        double weight = dimension.Kind switch { DimensionKind.Embed => EmbedWeight, DimensionKind.Heads => HeadsWeight, _ => 1 };
        double cost = WholeCost(order);
        return new Account(order, floor, request.Align ?? AlignFor(order), weight * cost);
    }

    // latency is no straight line: what half of the units are worth, twice
    private double WholeCost(RemovalOrder order)
    {
        int size = order.Dimension.Size, less = quantity == BudgetQuantity.Latency ? Math.Min(size / 2, order.Kept) : size - 1;
        return size > 1 && less < size ? (double)Saved(order, less) * size / (size - less) : 0;
    }

    private int AlignFor(RemovalOrder order)
    {
        int size = order.Dimension.Size, usual = AlignedSizes.UsualFor(size);
        if (quantity != BudgetQuantity.Latency || order.Kept < size)
            return usual;
        long whole = Left;
        return AlignedSizes.Measured(size, kept => whole - Saved(order, kept)) ?? usual;
    }

    // where times are steps, the count whose price is least among those not far below
    private int NextOf(Account account)
    {
        int next = account.Next;
        if (quantity != BudgetQuantity.Latency || next == account.Order.Kept)
            return next;
        (int best, double least) = (next, double.PositiveInfinity);
        for (int look = 0; look < FarthestLook; look++)
        {
            if (Saved(account.Order, next) is > 0 and long saved && Price(account, next, saved) is var price && price < least * (1 - Worthwhile))
                (best, least) = (next, price);
            int after = account.After(next);
            if (after == next)
                break;
            next = after;
        }
        return best;
    }

    // takes the cheapest step that does not end too low, while more than the target is left
    private void Descend(Account[] accounts, double target, double slack)
    {
        var queue = new PriorityQueue<Account, double>();
        foreach (Account account in accounts)
            Enter(queue, account);
        while (Left > target && queue.TryDequeue(out Account? account, out double price))
        {
            int next = NextOf(account);
            long saved = next < account.Order.Kept ? Saved(account.Order, next) : 0;
            if (saved <= 0)
                continue;
            double now = Price(account, next, saved);
            if (now > price * (1 + 1e-9) && queue.TryPeek(out _, out double other) && now > other)
            {
                queue.Enqueue(account, now);
                continue;
            }
            if (Left - saved < target - slack)
                continue; // too large a step by now, and its later ones are too
            Take(account.Order, next);
            Enter(queue, account);
        }
    }

    // one more unit of the dimension that ends nearest, if that is nearer than staying
    private void Nearest(Account[] accounts, double target)
    {
        double best = Left - target;
        Account? chosen = null;
        foreach (Account account in accounts.Where(a => a.Next < a.Order.Kept))
        {
            double distance = Math.Abs(Left - Saved(account.Order, NextOf(account)) - target);
            if (distance < best)
                (best, chosen) = (distance, account);
        }
        if (chosen is not null)
            Take(chosen.Order, NextOf(chosen));
    }

    private void Enter(PriorityQueue<Account, double> queue, Account account)
    {
        int next = NextOf(account);
        if (next < account.Order.Kept && Saved(account.Order, next) is > 0 and long saved)
            queue.Enqueue(account, Price(account, next, saved));
    }

    private static double Price(Account account, int next, long saved) => account.Order.Damage is { } damage
        ? (damage[next] - damage[account.Order.Kept]) / saved
        : account.Weight * account.Order.Loss(next) / saved;

    private long Saved(RemovalOrder order, int kept)
    {
        int[] units = [.. order.Between(kept, order.Kept)];
        long left = Left;
        state.Remove(units);
        long saved = left - Left;
        state.Restore(units);
        return saved;
    }

    private void Take(RemovalOrder order, int kept)
    {
        state.Remove(order.Between(kept, order.Kept));
        order.Kept = kept;
    }
}
