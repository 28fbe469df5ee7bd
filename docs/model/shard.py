import sys,time
from collections import deque
# ---------------- configuration -----------------
class Cfg:
    def __init__(s,**k):
        s.name='';s.items=('A','A','N','A')          # initial projection: A active+eligible, N none
        s.msgs=(('c',2,1),)                          # (kind,id,version)
        s.batch=2;s.page=9;s.maxlog=24;s.cap=3000000
        s.crash=1;s.lost=0;s.delay=0;s.unclear=1;s.retry=1;s.fail=0;s.explive=1;s.pausegap=False
        s.pause=0;s.cancel=0;s.dupmsg=0;s.dupstart=0;s.admin=0;s.admdup=0;s.fb=0;s.tb=0;s.ctldup=0
        s.prepub=True
        # knobs: False = text as literally read / naive, True = fixed
        s.late_dedup=True      # late ids dedup against claims/removed + page walk skips late ids
        s.late_mode='all'      # 'all' | 'behind' (late id > cursor ignored) 
        s.late_unplanned=True  # late row also before planning (listed in head)
        s.rm_retry=True        # removed also drops retry/late, and open->retry, held->again
        s.rm_always=True       # removed row for every listed issue, done or not
        s.ev_claim=True        # evidence names claim
        s.full=True            # summary complete
        s.keep=('late','ls','held','early','gone')
        s.late_scan=False
        s.rm_active=False
        s.rm_snapshot=False
        s.start_unique=True    # generation named by row
        s.plan_all=True        # empty shard gets a done row too
        s.wait=True            # second worker waits for a live lease instead of ending
        s.again_starts=True    # send-again after done starts generation
        s.cancel_starts=True
        s.readback=True; s.own_rids=True
        s.pre_remember=True
        s.ctl_dedup=True
        s.fresh_wid=True
        s.head_cond=True
        s.ev_early=True        # evidence for open claim remembered
        s.settle_ref=True      # fenced worker detects by claim number
        s.adm_claim=True
        s.fold_decide=True     # stop on fold (paused now) rather than on having seen a pause row
        s.unsent_settle=True   # lease too short -> settle as unsent
        s.adopt=True
        s.fenced_redo=True
        s.split=False
        s.ev_retry=True        # proof of acceptance takes an id out of retry
        s.age=0                # seven days pass: a late confirmation is too late
        s.leave=0              # 14 days pass, and the next issue takes it out of the head
        s.rm_over=True         # removed rows also for an issue that is over and listed
        s.keep_running=True    # it stays in the head while a run is on its way
        s.apart=False          # the look-up is a step before the claim
        s.tell='all'           # a worker's row tells 'all' of the projection's rows, 'parts': one of them, or 'none'
        s.done_again=True      # and another done tells what is left
        s.relist=True          # a resend lists the issue in the head again
        s.lookup=True          # retry and late ids are looked up before a claim
        s.missed=True          # who left before they were heard of ('T') is kept as gone ('G') once they are, and told
        s.past=True            # a confirmation knows also of an issue that has left the head: too late
        for a,b in k.items():
            assert hasattr(s,a),a
            setattr(s,a,b)
ROWS=[];RID={}
def row(t):
    i=RID.get(t)
    if i is None:
        i=len(ROWS);ROWS.append(t);RID[t]=i
    return i
class F:
    __slots__=('cursor','open','retry','late','held','acc','fail','skip','removed','ls','ever','paused','canc','done','early','seenpause')
    def __init__(f):
        f.cursor=-1;f.open=None;f.retry=frozenset();f.late=frozenset();f.held={};f.acc=frozenset();f.fail=frozenset();f.skip=frozenset()
        f.removed=frozenset();f.ls=frozenset();f.ever=frozenset();f.paused=False;f.canc=False;f.done=False;f.early=frozenset();f.seenpause=False
    def copy(f):
        g=F.__new__(F)
        for a in F.__slots__: setattr(g,a,getattr(f,a))
        g.held=dict(f.held);return g
def apply_res(cfg,f,claim,res):
    for i,o in res:
        if o=='A': f.acc|={i}
        elif o=='F': f.fail|={i}
        elif o=='R':
            if f.canc or cfg.rm_retry and i in f.removed: f.skip|={i}
            else: f.retry|={i}
        elif o=='U':
            if (claim,i) in f.early: f.acc|={i}
            else: f.held[i]=claim
def step(cfg,f,n,r):
    f=f.copy();k=r[0]
    if k=='C':
        if r[4]>=0: apply_res(cfg,f,r[4],r[5])
        ids=frozenset(r[3]);f.retry-=ids;f.late-=ids;f.ever|=ids;f.cursor=max(f.cursor,r[6]);f.open=(n,r[1],r[3]);f.seenpause=False
    elif k=='S':
        apply_res(cfg,f,r[3],r[4]);f.open=None
    elif k=='T':
        if f.open and f.open[0]==r[3]:
            for i in f.open[2]:
                if (r[3],i) in f.early: f.acc|={i}
                else: f.held[i]=r[3]
            f.open=None
    elif k=='E':
        _,src,claim,i,o,_x=r
        if i in f.held:
            ok = o=='A' or (not (cfg.ev_claim if src=='fen' else cfg.adm_claim)) or f.held[i]==claim
            if ok:
                del f.held[i]
                if o=='A': f.acc|={i}
                elif o=='F': f.fail|={i}
                elif o=='D': f.skip|={i}
                elif o=='again':
                    if f.canc or (cfg.rm_retry and i in f.removed): f.skip|={i}
                    else:
                        f.retry|={i}; f.done=False
        elif o=='A' and cfg.ev_retry and i in f.retry:
            f.retry-={i}; f.acc|={i}
        elif o=='A' and cfg.ev_early and f.open and f.open[0]==claim: f.early|={(claim,i)}
    elif k=='V':
        i=r[1];f.removed|={i}
        if i in f.late or (cfg.rm_retry and i in f.retry):
            f.late-={i}; f.retry-={i} if cfg.rm_retry else frozenset(); f.skip|={i}
        # who is left when a cancel ends is skipped by then (the model does not walk there)
        elif i not in f.ever and r[2] and not(f.canc and f.done): f.skip|={i}
    elif k=='L':
        i=r[1]
        if cfg.late_mode=='behind' and i>f.cursor and not f.done: pass
        elif cfg.late_dedup and (i in f.ever or i in f.removed or i in f.ls): pass
        elif f.canc: pass
        else:
            f.late|={i};f.ls|={i};f.done=False
    elif k=='P': f.paused=True;f.seenpause=True
    elif k=='R': f.paused=False
    elif k=='X': f.canc=True
    elif k=='D': f.done=True
    return f
MEMO={}
def fold(cfg,log):
    f=MEMO.get(log)
    if f is None:
        f=F() if not log else step(cfg,fold(cfg,log[:-1]),len(log)-1,ROWS[log[-1]])
        MEMO[log]=f
    return f
MEMO2={}
def wfold(cfg,log,startn):
    # what a worker knows which started when the log had startn rows
    if cfg.full is True: return fold(cfg,log)
    key=(log,startn);f=MEMO2.get(key)
    if f is None:
        lc=-1
        for j in range(startn-1,-1,-1):
            if ROWS[log[j]][0]=='C': lc=j;break
        if lc<0: f=fold(cfg,log)
        else:
            g=fold(cfg,log[:lc+1]);f=F();f.cursor=g.cursor;f.open=g.open;f.retry=g.retry;f.acc=g.acc;f.fail=g.fail;f.skip=g.skip
            f.ever=frozenset(g.open[2])
            if cfg.full=='summary':
                K=cfg.keep
                if 'late' in K: f.late=g.late
                if 'ls' in K: f.ls=frozenset(i for i in g.ls if i>g.cursor)
                if 'held' in K: f.held=dict(g.held)
                if 'early' in K: f.early=frozenset(x for x in g.early if x[0]==g.open[0])
                if 'gone' in K: f.removed=frozenset(i for i in g.removed if i in g.held)
                if 'ahead' in K: f.removed|=frozenset(i for i in g.removed if i>g.cursor)
            for j in range(lc+1,len(log)): f=step(cfg,f,j,ROWS[log[j]])
        MEMO2[key]=f
    return f
# state: (items,head,pub,log,exp,workers,msgs,mails,starts,budget,nextwid,pend)
# items: ((ver,st),..)  workers: 2x (pc,wid,n,startn,buf,bend,own,res,att,rids)
FREE=('free',)
DOWN=('down',)
BN=('age','leave','crash','lost','delay','unclear','retry','fail','explive','pause','cancel','dupmsg','dupstart','admin','admdup','fb','tb','ctldup')
BI={b:i for i,b in enumerate(BN)}
class Viol(Exception): pass
def init(cfg):
    items=tuple((0 if c=='N' else 1,c) for c in cfg.items)
    return (items,0,0,(),False,(FREE,FREE),tuple((0,) for _ in cfg.msgs),(),(),tuple(getattr(cfg,b) for b in BN),0,None)
def succ(cfg,st):
    """yield (label, fault, newstate, violation)"""
    items,head,pub,log,exp,ws,ms,mails,starts,bud,nw,pend=st
    N=len(log);f=fold(cfg,log);out=[]
    def B(*names):
        b=list(bud)
        for x in names: b[BI[x]]-=1
        return tuple(b)
    def can(x): return bud[BI[x]]>0
    def mk(items=items,head=head,pub=pub,log=log,exp=exp,ws=ws,ms=ms,mails=mails,starts=starts,bud=bud,nw=nw,pend=pend):
        return (items,head,pub,log,exp,ws,ms,mails,starts,bud,nw,pend)
    def setw(s,w): return (w,ws[1]) if s==0 else (ws[0],w)
    def chk(ids,lg):
        for i in ids:
            if i in f.removed: return 'S3 claim of %d after its removed row'%i
            if items[i][1] in 'TG': return 'S3b claim of %d although its unsubscribe is committed'%i
        if f.paused: return 'S4 claim while paused'
        if f.canc: return 'S4 claim after cancel'
    def genname():
        return N if cfg.start_unique else 'g'+str(len([1 for s in starts if s[0]!='!'])+sum(1 for s in starts if s[0]=='!')) 
    # starts: tuple of pending tokens; naive naming keeps used names
    def addstart(starts,nm):
        if cfg.start_unique: return starts+('p',)
        return starts
    npend=sum(1 for x in starts if x=='p')
    # publish
    if not pub:
        if cfg.prepub: out.append(('issue.published stored, heads changed, workflow start queued',0,mk(head=1,pub=1,starts=starts+(('p',) if cfg.start_unique else (('q',1),))),None))
    # starts
    if npend and FREE in ws:
        s=ws.index(FREE)
        st2=list(starts);st2.remove('p');st2=tuple(st2)
        if not cfg.plan_all and not any(x[1]=='A' for x in items):
            out.append(('planner finds shard empty, execution ends without a worker',0,mk(starts=st2),None))
        else:
            out.append(('execution starts, worker w%d in slot %d'%(nw,s),0,mk(starts=st2,ws=setw(s,('run',nw,N,N,None,False,-1,None,0)),nw=nw+1),None))
    elif npend and FREE not in ws: pass
    if pub and can('dupstart') and npend<2:
        out.append(('FAULT a second execution is started',1,mk(starts=starts+('p',),bud=B('dupstart')),None))
    if not cfg.start_unique:
        for x in starts:
            if x[0]=='q':
                st2=list(starts);st2.remove(x)
                if ('u',x[1]) in starts: out.append(('start of generation %d: name exists already, no-op'%x[1],0,mk(starts=tuple(st2)),None))
                elif FREE in ws:
                    s=ws.index(FREE);out.append(('generation %d starts, worker w%d in slot %d'%(x[1],nw,s),0,mk(starts=tuple(st2)+(('u',x[1]),),ws=setw(s,('run',nw,N,N,None,False,-1,None,0)),nw=nw+1),None))
    # delayed put lands
    if pend is not None:
        n0,r0=pend
        if n0==N:
            v=None
            if ROWS[r0][0]=='C': v=chk(ROWS[r0][3],log)
            out.append(('delayed put lands: row %d %r'%(N,ROWS[r0]),0,mk(log=log+(r0,),exp=False if ROWS[r0][0] in 'C' else exp,pend=None),v))
        else: out.append(('delayed put is refused (row taken)',0,mk(pend=None),None))
    # lease expiry
    if f.open and not exp:
        alive=any(len(w)>1 and w[0] in('run','looked','claimed','checked') and w[1]==f.open[1] and w[6]==f.open[0] for w in ws)
        if not alive: out.append(('lease of claim row %d passes (owner dead)'%f.open[0],0,mk(exp=True),None))
        elif can('explive'): 
            if cfg.pausegap or not any(len(w)>1 and w[0]=='checked' and w[6]==f.open[0] for w in ws):
                out.append(('FAULT lease of claim row %d passes while owner is paused/slow'%f.open[0],1,mk(exp=True,bud=B('explive')),None))
    # workers
    for s in (0,1):
        w=ws[s]
        if w[0]=='free': continue
        if w[0]=='down':
            out.append(('slot %d re-invoked as w%d'%(s,nw),0,mk(ws=setw(s,('run',nw,N,N,None,False,-1,None,0)),nw=nw+1),None));continue
        if w[0]=='downsame':
            out.append(('slot %d restarted with the same worker id w%d'%(s,w[1]),0,mk(ws=setw(s,('run',w[1],N,N,None,False,-1,None,0))),None));continue
        pc,wid,n,sn,buf,bend,own,res,att=w
        nm='w%d'%wid
        if can('crash'):
            out.append(('FAULT %s crashes (%s)'%(nm,pc),1,mk(ws=setw(s,DOWN if cfg.fresh_wid else('downsame',wid)),bud=B('crash')),None))
        if pc=='readback':
            # answer of append at n lost
            if N>n and ROWS[log[n]][0] in 'CSTD' and ROWS[log[n]][1]==wid and (ROWS[log[n]][2]==att or cfg.own_rids):
                r=ROWS[log[n]]
                out.append(('%s reads back: row %d is its own'%(nm,n),0,mk(ws=setw(s,after(cfg,r,n,w))),None))
            else:
                nn=N if N>n else n
                out.append(('%s reads back: not there/not ours, decides again'%nm,0,mk(ws=setw(s,('run',wid,nn,sn,buf,bend,own,res,att+1))),None))
            continue
        if pc=='claimed':
            # own = claim row
            row_=ROWS[log[own]]
            lease_ok = not (exp and f.open and f.open[0]==own) and (f.open and f.open[0]==own)
            if lease_ok:
                if cfg.pausegap: out.append(('%s checks its lease: good'%nm,0,mk(ws=setw(s,('checked',)+w[1:])),None))
                else: out+=call(cfg,st,s,w,row_[3],mk,setw,B,can)
            else:
                r2=tuple((i,'R') for i in row_[3])
                out.append(('%s finds its lease too short, makes no call'%nm,0,mk(ws=setw(s,('run',wid,n,sn,buf,bend,own,r2,att))),None))
            continue
        if pc=='checked':
            out+=call(cfg,st,s,w,ROWS[log[own]][3],mk,setw,B,can);continue
        # pc run : decide
        k=log[:n];g=wfold(cfg,k,sn)
        if cfg.adopt and cfg.fresh_wid and g.open is not None and g.open[1]==wid and g.open[0]!=own:
            out.append(('%s finds its own delayed claim row %d, adopts it'%(nm,g.open[0]),0,mk(ws=setw(s,('claimed',wid,n,sn,buf,bend,g.open[0],None,att))),None));continue
        act=decide(cfg,g,w,k,exp,f,can)
        if cfg.lookup and cfg.age and act and act[0][0]=='app' and act[0][1][0]=='C':
            gone=[i for i in act[0][1][3] if (i in g.retry or i in g.late) and items[i][1]!='A' and i not in g.removed]
            if gone: act=[('app',('V',gone[0],True))]
            elif cfg.apart and pc=='run' and n==N and any(i in g.retry or i in g.late for i in act[0][1][3]):
                out.append(('%s looks up %r: still recipients'%(nm,act[0][1][3]),0,mk(ws=setw(s,('looked',)+w[1:])),None));continue
        for a in act:
            if a[0]=='page':
                gone=[i for i in range(len(items)) if items[i][1]=='G' and i>a[1] and i not in g.removed|g.ever|g.skip]
                if cfg.missed and gone: a=('app',('V',gone[0],True))
            if a[0]=='page':
                ids=tuple(i for i in range(len(items)) if items[i][1]=='A' and i>a[1])[:cfg.page]
                out.append(('%s reads page after cursor %d: %r'%(nm,a[1],ids),0,mk(ws=setw(s,('run',wid,n,sn,ids,len(ids)<cfg.page,own,res,att))),None))
            elif a[0]=='end':
                out.append(('%s ends (%s)'%(nm,a[1]),0,mk(ws=setw(s,FREE)),None))
            elif a[0]=='redo':
                out.append(('%s returns, to be invoked again (%s)'%(nm,a[1]),0,mk(ws=setw(s,DOWN)),None))
            elif a[0]=='wait':
                if n<N: out.append(('%s reads new rows'%nm,0,mk(ws=setw(s,('run',wid,N)+w[3:])),None))
            elif a[0]=='app':
                r=a[1];ri=row(r)
                if n<N:
                    out.append(('%s: append %s at %d collides, reads rows'%(nm,r[0],n),0,mk(ws=setw(s,('run',wid,N)+w[3:])),None))
                elif N<cfg.maxlog:
                    v=chk(r[3],log) if r[0]=='C' else None
                    b=bud if not (len(a)>2 and a[2]) else B(a[2])
                    nl=log+(ri,)
                    ne=False if r[0] in 'CST' else exp
                    out.append(('%s appends row %d %s'%(nm,N,show(r)),1 if b is not bud else 0,mk(log=nl,exp=ne,bud=b,ws=setw(s,after(cfg,r,n,w))),v))
                    if b is bud and can('lost'):
                        if cfg.readback: wl=('readback',wid,n,sn,buf,bend,own,res,att)
                        else: wl=('run',wid,n,sn,buf,bend,own,res,att+1)
                        out.append(('FAULT %s appends row %d %s, answer lost'%(nm,N,show(r)),1,mk(log=nl,exp=ne,bud=B('lost'),ws=setw(s,wl)),v))
                    if b is bud and can('delay') and pend is None:
                        out.append(('FAULT %s puts row %d %s, times out, put still in flight'%(nm,N,show(r)),1,mk(bud=B('delay'),pend=(N,ri),ws=setw(s,('readback',wid,n,sn,buf,bend,own,res,att))),None))
    # projection messages
    for j,m in enumerate(ms):
        kind,i,ver=cfg.msgs[j]
        def setm(x): return ms[:j]+(x,)+ms[j+1:]
        if m[0]==0:
            out.append(('handler %s(%d,v%d) reads head (issue %slisted%s)'%(kind,i,ver,'' if head else 'not ',', done' if f.done else ''),0,mk(ms=setm((1,head,f.done,bool(log and any(ROWS[x][0]in'CSD' for x in log)),0 if cfg.start_unique else sum(1 for x in starts if x[0]=='u'),items[i][1]=='A' if cfg.rm_snapshot else 0))),None))
        elif m[0]==1:
            h,dn,started=m[1:4]
            left=cfg.past and pub and not head
            if kind=='c' and items[i][0]>=ver and items[i][1]=='T' and cfg.missed:
                if h!=head and cfg.head_cond: out.append(('handler c(%d): head changed, again'%i,0,mk(ms=setm((0,))),None))
                elif N<cfg.maxlog:
                    nl=log+(row(('V',i,True)),) if h or left else log
                    ns=starts+('p',) if nl is not log and f.done else starts
                    out.append(('handler c(%d,v%d) is late: they had left%s'%(i,ver,', row %d removed'%N if nl is not log else ''),0,mk(items=items[:i]+((items[i][0],'G'),)+items[i+1:],log=nl,starts=ns,ms=setm((2,))),None))
            elif items[i][0]>=ver: out.append(('handler %s(%d,v%d): version not newer, ignored'%(kind,i,ver),0,mk(ms=setm((2,))),None))
            elif h!=head and cfg.head_cond: out.append(('handler %s(%d): head changed, again'%(kind,i),0,mk(ms=setm((0,))),None))
            elif N<cfg.maxlog:
                ni=items[:i]+((ver,'A' if kind=='c' else 'G' if cfg.missed and items[i][1] in 'AG' else 'T'),)+items[i+1:]
                ni_full=ni
                nl=log;ns=starts
                if h==2 or left and kind=='c':
                    if kind=='c': nl=log+(row(('V',i,True)),);ns=starts+('p',) if f.done else starts
                    elif cfg.rm_over and (not cfg.rm_active or items[i][1]=='A'): nl=log+(row(('V',i,items[i][1]=='A')),)
                elif h:
                    if kind=='c' and (cfg.late_unplanned or started) and not (cfg.late_scan and (i in f.ever or i in f.removed or i in f.ls)): nl=log+(row(('L',i)),)
                    if kind=='u' and (cfg.rm_always or not dn) and (not cfg.rm_active or (m[5] if cfg.rm_snapshot else items[i][1]=='A')): nl=log+(row(('V',i,items[i][1]=='A')),)
                if nl is not log and f.done and not fold(cfg,nl).done and not fold(cfg,nl).paused: ns=starts+(('p',) if cfg.start_unique else (('q',m[4]+1),))
                out.append(('handler %s(%d,v%d) commits item%s'%(kind,i,ver,' and row %d %s'%(N,show(ROWS[nl[-1]])) if nl is not log else ''),0,mk(items=items if cfg.split and nl is not log else ni,log=nl,starts=ns,ms=setm((3,) if cfg.split and nl is not log else (2,))),None))
        elif m[0]==3:
            if not any(x[0]==3 and cfg.msgs[y][1]==i and cfg.msgs[y][2]<ver for y,x in enumerate(ms)):
                out.append(('item of %s(%d,v%d) becomes visible'%(kind,i,ver),0,mk(items=items[:i]+((ver,'A' if kind=='c' else 'T'),)+items[i+1:],ms=setm((2,))),None))
        elif can('dupmsg'):
            out.append(('FAULT message %s(%d,v%d) delivered again'%(kind,i,ver),1,mk(ms=setm((0,)),bud=B('dupmsg')),None))
    if can('age') and head==1 and f.done and not f.open:
        out.append(('seven days pass: the issue is over',1,mk(head=2,bud=B('age')),None))
    if can('leave') and head==2 and (not cfg.keep_running or f.done and ws==(FREE,FREE) and not starts):
        out.append(('the issue leaves the head',1,mk(head=0,bud=B('leave')),None))
    # control
    if N<cfg.maxlog:
        if can('pause') and not f.paused and not f.canc and (pub or cfg.pre_remember):
            out.append(('admin pause: row %d'%N,1,mk(log=log+(row(('P',)),),bud=B('pause')),None))
        if f.paused and not f.canc:
            out.append(('admin resume: row %d, start queued'%N,0,mk(log=log+(row(('R',)),),starts=(starts+(('p',) if cfg.start_unique else (('q',1+sum(1 for x in starts if x[0]=='u')),))) if pub else starts),None))
        if can('cancel') and not f.canc:
            out.append(('admin cancel: row %d'%N,1,mk(log=log+(row(('X',)),),bud=B('cancel'),starts=starts+('p',) if pub and cfg.cancel_starts and not f.done else starts),None))
        for i,c in f.held.items():
            if can('admin'):
                for o in ('again','D'):
                    nl=log+(row(('E','adm',c,i,o,0)),)
                    ns=starts+('p',) if cfg.again_starts and f.done and not fold(cfg,nl).done and not f.paused else starts
                    out.append(('admin %s held %d (claim %d)'%('resends' if o=='again' else 'drops',i,c),1,mk(log=nl,head=head or 2 if o=='again' and cfg.relist else head,bud=B('admin'),starts=ns),None))
            if can('admdup'):
                prev=[ROWS[x] for x in log if ROWS[x][0]=='E' and ROWS[x][1]=='adm' and ROWS[x][3]==i and ROWS[x][4]=='again']
                if prev:
                    r=('E','dup',prev[0][2],i,'again',0);nl=log+(row(r),)
                    ns=starts+('p',) if cfg.again_starts and f.done and not fold(cfg,nl).done else starts
                    out.append(('FAULT resend message of %d (claim %d) delivered again'%(i,prev[0][2]),1,mk(log=nl,bud=B('admdup'),starts=ns),None))
        if can('fb'):
            for (i,c) in mails:
                if (f.open and f.open[0]==c) or i in f.held or (cfg.ev_retry and i in f.retry):
                    out.append(('mail feedback: %d accepted under claim %d'%(i,c),1,mk(log=log+(row(('E','fb',c,i,'A',0)),),bud=B('fb')),None))
    return out
def show(r):
    if r[0]=='C': return 'claim(%s ids=%r settles=%d %r cursor=%d)'%('w%d'%r[1],r[3],r[4],r[5],r[6])
    if r[0]=='S': return 'settle(w%d claim %d %r)'%(r[1],r[3],r[4])
    if r[0]=='T': return 'takeover(w%d of claim %d)'%(r[1],r[3])
    return {'D':'done','L':'late','V':'removed','E':'evidence','P':'pause'}.get(r[0],r[0])+repr(r[1:])
def after(cfg,r,n,w):
    pc,wid,_,sn,buf,bend,own,res,att=w
    k=r[0]
    if k=='C':
        nb=tuple(i for i in buf if i>r[6]) if buf is not None else None
        return ('claimed',wid,n+1,sn,nb,bend,n,None,att)
    if k=='S':
        if r[5]=='tb': return DOWN
        if r[5]=='pz': return FREE
        return ('run',wid,n+1,sn,buf,bend,-1,None,att)
    if k=='T': return ('run',wid,n+1,sn,buf,bend,-1,None,att)
    if k=='E':
        rest=tuple(x for x in res if x[0]!=r[3])
        return ('run',wid,n+1,sn,buf,bend,own,rest,att)
    if k=='V': return ('run',wid,n+1,sn,buf,bend,own,res,att)
    if k=='D': return ('run',wid,n+1,sn,buf,bend,own,res,att) if cfg.tell=='parts' else FREE
def klass(f,i):
    return 'acc' if i in f.acc else 'fail' if i in f.fail else 'skip' if i in f.skip else 'held' if i in f.held else None
MEMO3={}
def telling(cfg,log):
    """what is untold after the log, and what was told last of each id"""
    x=MEMO3.get(log)
    if x is None:
        if not log: x=((),())
        else:
            untold,told=telling(cfg,log[:-1]);told=dict(told);r=ROWS[log[-1]]
            a,b=fold(cfg,log[:-1]),fold(cfg,log)
            ids=sorted(set(b.acc|b.fail|b.skip)|set(b.held)|set(a.held))
            news=tuple((i,klass(b,i)) for i in ids if klass(b,i)!=klass(a,i) and klass(b,i) and (klass(b,i)!='acc' or i in told))
            if r[0] in 'CSTD':
                now=untold if cfg.tell=='all' else untold[:1] if cfg.tell=='parts' else ()
                for part in now: told.update(part)
                untold=untold[len(now):];told.update(news)
            elif r[0] in 'LV': untold+=(news,) if news else ()
            else: told.update(news)
            x=(untold,tuple(sorted(told.items())))
        MEMO3[log]=x
    return x
def decide(cfg,g,w,k,exp,f,can):
    pc,wid,n,sn,buf,bend,own,res,att=w
    if own>=0:
        if g.open is None or g.open[0]!=own:
            # fenced out: evidence
            for i,o in (res or ()):
                oo={'A':'A','F':'F','R':'again','U':None}[o]
                if oo and i in g.held and (not cfg.ev_claim or g.held[i]==own or oo=='A'): return [('app',('E','fen',own,i,oo,wid))]
            return [('redo','fenced')] if cfg.fenced_redo else [('end','fenced')]
    elif g.open is not None:
        if g.open[1]==wid and not cfg.fresh_wid:
            # same id after restart: believes the open claim is its own, settles as unsent (it made no call in this run)
            return [('app',('S',wid,att,g.open[0],tuple((i,'R') for i in g.open[2]),''))]
        if n==len(k) and f.open and g.open[0]==f.open[0] and exp: return [('app',('T',wid,att,g.open[0]))]
        if not cfg.wait: return [('end','another worker is active')]
        return [('wait',)]
    stop=g.paused or (not cfg.fold_decide and own>=0 and g.seenpause)
    pz='pz' if stop and not g.paused else ''
    if g.canc:
        if own>=0: return [('app',('S',wid,att,own,res,''))]
        if g.done and not (cfg.done_again and telling(cfg,k)[0]): return [('end','done')]
        return [('app',('D',wid,att,0))]
    if stop and not(g.done and own<0):
        if own>=0: return [('app',('S',wid,att,own,res,pz))]
        return [('end','paused')]
    if g.done and own<0:
        if cfg.done_again and telling(cfg,k)[0]: return [('app',('D',wid,att,0))]
        return [('end','done')]
    # next batch, with own results applied
    rt=set(g.retry);rm=g.removed
    for i,o in (res or ()):
        if o=='R' and not (cfg.rm_retry and i in rm): rt.add(i)
    batch=sorted(rt)[:cfg.batch]
    for i in sorted(g.late):
        if len(batch)<cfg.batch and i not in batch and i not in rm: batch.append(i)
    cur=g.cursor
    nb=None
    if len(batch)<cfg.batch:
        if buf is None: return [('page',cur)]
        ex=g.ls|g.ever if cfg.late_dedup else frozenset()
        for i in buf:
            if len(batch)>=cfg.batch: break
            if i>g.cursor:
                if i not in rm and i not in ex and i not in batch: batch.append(i)
                cur=max(cur,i)
        if not batch and not bend: return [('page',max(cur,buf[-1]) if buf else cur)]
    o=[]
    if not batch:
        if own>=0: return [('app',('S',wid,att,own,res,''))]
        return [('app',('D',wid,att,0))]
    if own>=0 and can('tb'): o.append(('app',('S',wid,att,own,res,'tb'),'tb'))
    o.append(('app',('C',wid,att,tuple(sorted(batch)),own,res if own>=0 else (),cur)))
    return o
def call(cfg,st,s,w,ids,mk,setw,B,can):
    pc,wid,n,sn,buf,bend,own,res,att=w
    mails=st[7];log=st[3];out=[]
    def go(lbl,fault,left,rs,bn):
        v=None
        nmails=tuple(sorted(set(mails)|{(i,own) for i in left}))
        for i in left:
            for (j,c) in mails:
                if j==i and c!=own:
                    a,b=min(c,own),max(c,own)
                    if not any(ROWS[log[x]][0]=='E' and ROWS[log[x]][1]=='adm' and ROWS[log[x]][3]==i and ROWS[log[x]][4]=='again' for x in range(a+1,b)):
                        v='S1 recipient %d mailed twice (claims %d and %d)'%(i,a,b)
                if j==i and c==own: v='S1 recipient %d mailed twice in claim %d'%(i,own)
        b=st[9] if not bn else B(bn)
        out.append(('w%d mail call for claim %d %r: %s'%(wid,own,ids,lbl),fault,mk(mails=nmails,bud=b,ws=setw(s,('run',wid,n,sn,buf,bend,own,rs,att))),v))
    go('all accepted',0,ids,tuple((i,'A') for i in ids),None)
    if can('fail'): go('first fails permanently',1,ids[1:],tuple((i,'A' if x else 'F') for x,i in enumerate(ids)),'fail')
    if can('retry'):
        go('all known unsent',1,(),tuple((i,'R') for i in ids),'retry')
        if len(ids)>1: go('first accepted, rest known unsent',1,ids[:1],tuple((i,'R' if x else 'A') for x,i in enumerate(ids)),'retry')
    if can('unclear'):
        go('UNCLEAR, mail left',1,ids,tuple((i,'U') for i in ids),'unclear')
        go('UNCLEAR, nothing left',1,(),tuple((i,'U') for i in ids),'unclear')
    if can('crash'):
        b=B('crash')
        # crash right after the call is covered by crash in run with res
    return out
def goal(cfg,st):
    items,head,pub,log,exp,ws,ms,mails,starts,bud,nw,pend=st
    if not pub: return False
    f=fold(cfg,log)
    return f.done and ws==(FREE,FREE) and all(m[0]==2 for m in ms) and not any(x=='p' or x[0]=='q' for x in starts) and pend is None and not f.open
def final_check(cfg,st):
    items,head,pub,log,exp,ws,ms,mails,starts,bud,nw,pend=st
    f=fold(cfg,log);left={i for i,c in mails}
    if not f.canc:
        for i,(v,s) in enumerate(items):
            is_meant=s=='A' or cfg.items[i]=='A' or any(m[:2]==('c',i) for m in cfg.msgs)
            if is_meant and not(i in f.acc or i in f.fail or i in f.skip or i in f.held): return 'S2 recipient %d silently missing at done'%i
        if f.retry or f.late: return 'S2 done with ids left to send'
    untold,told=telling(cfg,log);told=dict(told)
    for i in range(len(items)):
        k=klass(f,i)
        if (k and k!='acc' or i in told) and told.get(i)!=k: return 'S6 %d is %s, told is %s'%(i,k,told.get(i))
    for i in f.acc:
        if i not in left: return 'S5 %d counted accepted, no mail left'%i
    for i in left:
        if i not in f.acc and i not in f.held and not any(ROWS[x][0]=='E' and ROWS[x][3]==i and ROWS[x][1]=='adm' for x in log): return 'S5 mail to %d left but not accepted/held'%i
    for i in f.fail:
        if i in left and not any(ROWS[x][0]=='E' for x in log): return 'S5 failed but left %d'%i
    sets=[f.acc,f.fail,f.skip,frozenset(f.held)]
    for a in range(4):
        for b in range(a):
            x=sets[a]&sets[b]
            if x: return 'S5 %r counted in two classes'%(sorted(x),)
    if f.held:
        full=tuple(getattr(cfg,b) for b in BN)
        if all(full[BI[b]]==bud[BI[b]] for b in('crash','unclear','explive')): return 'S5 held without a crash/unclear/takeover'
    for i,c in f.held.items():
        if any(ROWS[x][0]=='E' and ROWS[x][3]==i and ROWS[x][2]==c and ROWS[x][4]=='A' for x in log): return 'S5 %d held although the log holds proof of acceptance'%i
    # summary as a restarting worker would have it
    return None
def explore(cfg,want=None,live=True,quiet=False):
    MEMO.clear();MEMO2.clear();MEMO3.clear()
    t=time.time();s0=init(cfg);idx={s0:0};par=[(-1,'')];q=deque([s0]);rev=[];goals=[];viol={};full=True
    src=[];dst=[]
    states=[s0];qi=0
    while qi<len(states):
        s=states[qi]
        if goal(cfg,s):
            goals.append(qi);v=final_check(cfg,s)
            if v and v[:3] not in viol: viol[v[:3]]=(v,qi,None)
        for lab,fault,t2,v in succ(cfg,s):
            if v:
                if v[:3] not in viol: viol[v[:3]]=(v,qi,lab)
                continue
            j=idx.get(t2)
            if j is None:
                j=len(states);idx[t2]=j;states.append(t2);par.append((qi,lab))
            if not fault: src.append(qi);dst.append(j)
        qi+=1
        if want and any(k.startswith(want) for k in viol): break
        if len(states)>cfg.cap: full=False;break
    n=len(states);stuck=[]
    if live and full and not(want and viol) and not any(k in viol for k in('S1 ','S3 ','S3b','S4 ')):
        good=bytearray(n);r={}
        for a,b in zip(src,dst): r.setdefault(b,[]).append(a)
        st=list(goals)
        for g in goals: good[g]=1
        while st:
            x=st.pop()
            for y in r.get(x,()):
                if not good[y]: good[y]=1;st.append(y)
        for i in range(n):
            if not good[i] and len(states[i][3])<cfg.maxlog-1:
                stuck.append(i);break
        trunc=sum(1 for x in states if len(x[3])>=cfg.maxlog-1)
        if stuck: viol['L1']=('L1 no fault-free schedule reaches done',stuck[0],None)
    else: trunc=-1
    mx=max(len(x[3]) for x in states)
    print('%-28s states %8d edges(nofault) %8d goals %6d maxlog %d complete=%s trunc=%s  %.0fs  -> %s'%(cfg.name,n,len(src),len(goals),mx,full,trunc,time.time()-t,', '.join(sorted(x[0] for x in viol.values())) or 'ok'));sys.stdout.flush()
    if not quiet:
        for v in sorted(viol.values()):
            tr=[];i=v[1]
            while i>0: tr.append(par[i][1]);i=par[i][0]
            print('   **',v[0])
            for x in reversed(tr): print('      -',x)
            if v[2]: print('      -',v[2])
        sys.stdout.flush()
    return n,viol
